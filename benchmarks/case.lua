-- Each request gives one command to another one of the cases whose reports the file of CASES names.
local ids, at = {}, 0
for line in io.lines(os.getenv("CASES")) do ids[#ids + 1] = line end

request = function()
   at = at + 1
   local round = math.floor(at / #ids) % 2
   local id = ids[at % #ids + 1]
   -- From one level to another and back: the clocks that run are reckoned anew each time.
   local body = '{"note": "seen"}'
   if wrk.path:find("level", 1, true) then
      body = string.format('{"level": %d}', 2 + round)
   end
   local headers = { ["Content-Type"] = "application/json", ["Gridgis-Actor"] = "Li;role=dispatcher" }
   return wrk.format("POST", (wrk.path:gsub("REPORT", id)), headers, body)
end
