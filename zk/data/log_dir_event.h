// The payload of /log_dir_event_notification/log_dir_event_N (zookeeper.md §1.14).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "protocol/types.h"

namespace odradek::zk {

// The only event there is: a log directory of the broker failed.
std::string encode_log_dir_event(protocol::BrokerId broker_id);
base::Result<protocol::BrokerId> decode_log_dir_event(std::string_view text);

}  // namespace odradek::zk
