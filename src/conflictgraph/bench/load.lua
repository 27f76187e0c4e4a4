-- Requests for wrk: wrk -s load.lua ADDRESS -- FILE FIRST STEP
-- FILE has one path on each line; a running number is put behind it, from FIRST on, STEP by STEP (0: always the
-- same). At the end it prints a line of JSON: what was answered, and how long that took in microseconds.

local paths, number, step = {}, 0, 1

function init(arguments)
  for path in io.lines(arguments[1]) do
    paths[#paths + 1] = path
  end
  number, step = tonumber(arguments[2]), tonumber(arguments[3])
end

function request()
  number = number + step
  return wrk.format("GET", paths[number % #paths + 1] .. string.format("%d", number))
end

function done(summary, latency)
  local failed = summary.errors
  print(string.format(
    '{"requests": %d, "microseconds": %d, "bytes": %d, "failed": %d, "p50": %d, "p95": %d, "p99": %d}',
    summary.requests, summary.duration, summary.bytes,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)
  ))
end
