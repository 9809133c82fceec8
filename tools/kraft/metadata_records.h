// The records of the logs that clusters without ZooKeeper keep, as dump-log prints them.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "protocol/record/record.h"
#include "tools/internal_records.h"

namespace odradek::tools {

// JSON with type, version and data of a record of __cluster_metadata, or why it cannot be read.
RecordText dump_cluster_metadata_record(const protocol::Record& record);
// A record of __remote_log_metadata as upstream's classes print themselves.
RecordText dump_remote_log_record(const protocol::Record& record);

// What follows the head of a control record whose type only such logs have: " KRaftVersion {…}".
base::Result<std::string> quorum_control_text(std::int16_t type, OptionalBytes value);

}  // namespace odradek::tools
