-- Each request is a new report somewhere in the box of the beats.
math.randomseed(os.time() * 1000 + tonumber(tostring({}):sub(8), 16) % 1000)

request = function()
   local lon = -87.80 + math.random() * 0.2
   local lat = 41.70 + math.random() * 0.3
   local body = string.format(
      '{"captured_at": "2014-03-05T08:00:00Z", "category": "gas", "description": "smell of gas",'
         .. ' "location": {"lon": %.6f, "lat": %.6f, "accuracy_m": 15}}', lon, lat)
   return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, body)
end
