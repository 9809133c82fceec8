#include "server/log/clean_shutdown_file.h"

#include <boost/json.hpp>

#include "base/file.h"
#include "base/json.h"

namespace odradek::log {

namespace {
constexpr std::size_t kMaxMarkerBytes = 4096;
std::string path_in(const std::string& log_dir) { return log_dir + "/" + kCleanShutdownFile; }
}  // namespace

base::Status write_clean_shutdown_file(const std::string& log_dir, std::int64_t broker_epoch) {
  return base::write_file_atomically(
      path_in(log_dir), "{\"version\":0,\"brokerEpoch\":" + std::to_string(broker_epoch) + "}");
}

bool clean_shutdown_file_exists(const std::string& log_dir) {
  auto type = base::path_type(path_in(log_dir));
  return type.ok() && *type != base::FileType::kMissing;
}

std::optional<std::int64_t> read_clean_shutdown_broker_epoch(const std::string& log_dir) {
  auto text = base::read_whole_file(path_in(log_dir), kMaxMarkerBytes);
  if (!text.ok()) return std::nullopt;
  auto content = base::parse_json_object(*text);
  if (!content.ok()) return std::nullopt;
  auto epoch = base::json_int64(*content, "brokerEpoch");
  if (!epoch.ok()) return std::nullopt;
  return *epoch;
}

base::Status remove_clean_shutdown_file(const std::string& log_dir) {
  base::Status removed = base::remove_file(path_in(log_dir));
  if (!removed.ok()) return removed;
  return base::sync_directory(log_dir);
}

}  // namespace odradek::log
