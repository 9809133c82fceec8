#include "zk/data/migration.h"

#include <boost/json.hpp>

#include "base/json.h"

namespace odradek::zk {

std::string MigrationData::encode() const {
  boost::json::object out;
  out["version"] = 0;
  out["kraft_controller_id"] = kraft_controller_id;
  out["kraft_controller_epoch"] = kraft_controller_epoch;
  out["kraft_metadata_offset"] = kraft_metadata_offset;
  out["kraft_metadata_epoch"] = kraft_metadata_epoch;
  return boost::json::serialize(out);
}

base::Result<MigrationData> MigrationData::decode(std::string_view text) {
  auto object = base::parse_json_object(text);
  if (!object) return object.error();
  auto controller_id = base::json_int32(*object, "kraft_controller_id");
  if (!controller_id) return controller_id.error();
  auto controller_epoch = base::json_int32(*object, "kraft_controller_epoch");
  if (!controller_epoch) return controller_epoch.error();
  auto metadata_offset = base::json_int64(*object, "kraft_metadata_offset");
  if (!metadata_offset) return metadata_offset.error();
  auto metadata_epoch = base::json_int32(*object, "kraft_metadata_epoch");
  if (!metadata_epoch) return metadata_epoch.error();
  return MigrationData{*controller_id, *controller_epoch, *metadata_offset, *metadata_epoch};
}

}  // namespace odradek::zk
