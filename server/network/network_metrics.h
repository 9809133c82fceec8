// NetworkMetrics: what the network layer counts; the broker shows the counters under Kafka's names.
#pragma once

#include "base/metrics/counter.h"

namespace odradek::network {

// Safe from any thread.
struct NetworkMetrics {
  base::Counter connections_opened;
  base::Counter connections_closed;
  base::Counter connections_refused;  // by a limit
  base::Counter connections_idle_closed;
  base::Counter handshakes_done;
  base::Counter handshakes_failed;
  base::Counter requests;
  base::Counter requests_inline;
  base::Counter requests_refused;  // unknown key or version, header that does not parse
  base::Counter frames_refused;    // sizes below 0 or above the limit, wrong protocols
  base::Counter incoming_bytes;
  base::Counter outgoing_bytes;
  base::Counter muted_for_memory;
};

}  // namespace odradek::network
