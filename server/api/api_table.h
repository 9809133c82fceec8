// The table of everything a client or a broker can ask of us; what it lists is advertised and
// nothing else is.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "protocol/wire/api.h"
#include "server/api/services.h"
#include "server/network/request.h"

namespace odradek::api {

// Where a handler may run. kInline: on a network thread while nothing is queued, because it waits
// for nothing but the page cache; kHandlerThread: it may wait for disk or for long locks;
// kZooKeeperLane: it waits for ZooKeeper, with its like only.
enum class Runs : std::uint8_t { kInline, kHandlerThread, kZooKeeperLane };

struct ApiRow {
  protocol::Api api;
  Runs runs;
  void (*run)(Services& services, std::unique_ptr<network::Request> request);
};

std::span<const ApiRow> api_table();
// Null for a key that is not served.
const ApiRow* find_row(std::int16_t api_key);

}  // namespace odradek::api
