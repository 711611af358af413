-- Each request asks about another place in the box of the beats.
math.randomseed(os.time() * 1000 + tonumber(tostring({}):sub(8), 16) % 1000)

request = function()
   local lon = -87.80 + math.random() * 0.2
   local lat = 41.70 + math.random() * 0.3
   return wrk.format("GET", string.format("%s?lon=%.6f&lat=%.6f", wrk.path, lon, lat))
end
