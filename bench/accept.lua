-- One message a request, each with an id of its own, from as many people as there are cookies in COOKIES.
local cookies, turn, run = {}, 0, os.getenv("RUN")

function init(_)
  for line in io.lines(os.getenv("COOKIES")) do cookies[#cookies + 1] = line end
end

function request()
  turn = turn + 1
  local headers = { ["Content-Type"] = "application/json", ["Cookie"] = cookies[turn % #cookies + 1] }
  local body = '{"id": "' .. run .. "-" .. turn .. '", "text": "dân số Quảng Ngãi năm 2025"}'
  return wrk.format("POST", "/hooks/web/main", headers, body)
end

function done(summary, latency, _)
  io.write(string.format("RESULT %.0f %.3f %.3f %.3f %d %d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3, summary.requests,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
