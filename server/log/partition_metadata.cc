#include "server/log/partition_metadata.h"

#include <string_view>

#include "base/file.h"
#include "server/log/checkpoint_file.h"

namespace odradek::log {

namespace {
constexpr std::size_t kMaxFileBytes = 4096;
constexpr std::string_view kVersionLine = "version: 0\n";
constexpr std::string_view kTopicIdKey = "topic_id: ";
}  // namespace

base::Result<std::optional<base::Uuid>> read_partition_metadata(const std::string& directory) {
  std::string path = directory + "/" + kPartitionMetadataFile;
  std::optional<base::Uuid> none;
  auto text = base::read_file_if_any(path, kMaxFileBytes);
  if (!text.ok()) return text.error();
  if (!*text) return none;
  std::string_view rest = **text;
  if (rest.empty()) return none;  // a power loss before it reached the disk
  if (!rest.starts_with(kVersionLine)) return base::Error(path + ": version is not 0");
  rest.remove_prefix(kVersionLine.size());
  if (!rest.starts_with(kTopicIdKey)) return base::Error(path + " holds no topic_id");
  rest.remove_prefix(kTopicIdKey.size());
  rest = rest.substr(0, rest.find_first_of("\r\n"));
  auto id = base::Uuid::parse(rest);
  if (!id) return base::Error(path + ": \"" + std::string(rest) + "\" is no topic id");
  if (id->is_zero()) return none;
  return std::optional<base::Uuid>(*id);
}

base::Status write_partition_metadata(const std::string& directory, const base::Uuid& topic_id) {
  std::string text(kVersionLine);
  text += kTopicIdKey;
  text += topic_id.to_string();
  return replace_file_unsynced(directory + "/" + kPartitionMetadataFile, text);
}

}  // namespace odradek::log
