#include "zk/data/offset_details.h"

#include <boost/json.hpp>

#include "base/json.h"

namespace odradek::zk {

std::string OffsetDetails::encode() const {
  boost::json::object object{{"version", 1},
                             {"offset", offset},
                             {"leader_epoch", leader_epoch},
                             {"metadata", metadata},
                             {"commit_timestamp", commit_time_ms}};
  if (in_log) object["in_log"] = true;
  return boost::json::serialize(object);
}

base::Result<OffsetDetails> OffsetDetails::decode(std::string_view text) {
  auto object = base::parse_json_object(text);
  if (!object) return object.error();
  auto offset = base::json_int64(*object, "offset");
  if (!offset) return offset.error();
  auto leader_epoch = base::json_int32(*object, "leader_epoch");
  if (!leader_epoch) return leader_epoch.error();
  auto metadata = base::json_string(*object, "metadata");
  if (!metadata) return metadata.error();
  auto commit_time_ms = base::json_int64(*object, "commit_timestamp");
  if (!commit_time_ms) return commit_time_ms.error();
  auto in_log = base::optional_json_bool(*object, "in_log");
  if (!in_log) return in_log.error();
  return OffsetDetails{.offset = *offset,
                       .leader_epoch = *leader_epoch,
                       .metadata = std::move(*metadata),
                       .commit_time_ms = *commit_time_ms,
                       .in_log = in_log->value_or(false)};
}

}  // namespace odradek::zk
