// The .kafka_cleanshutdown file: says at start that the logs of a directory were closed in order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace odradek::log {

inline constexpr const char* kCleanShutdownFile = ".kafka_cleanshutdown";

// {"version":0,"brokerEpoch":N} as since 3.6; older brokers leave it empty and only ask whether it
// is there.
base::Status write_clean_shutdown_file(const std::string& log_dir, std::int64_t broker_epoch);
bool clean_shutdown_file_exists(const std::string& log_dir);
std::optional<std::int64_t> read_clean_shutdown_broker_epoch(const std::string& log_dir);
base::Status remove_clean_shutdown_file(const std::string& log_dir);

}  // namespace odradek::log
