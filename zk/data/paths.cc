#include "zk/data/paths.h"

#include <initializer_list>

#include "base/text.h"

namespace odradek::zk::paths {
namespace {

std::string concat(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (std::string_view part : parts) size += part.size();
  std::string out;
  out.reserve(size);
  for (std::string_view part : parts) out += part;
  return out;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::string child(std::string_view parent, std::string_view name) {
  return concat({parent, "/", name});
}

std::string broker(std::int32_t broker_id) { return child(kBrokerIds, std::to_string(broker_id)); }
std::string topic(std::string_view topic) { return child(kTopics, topic); }
std::string topic_partitions(std::string_view topic) {
  return concat({kTopics, "/", topic, "/partitions"});
}
std::string partition(std::string_view topic, std::int32_t partition) {
  return concat({kTopics, "/", topic, "/partitions/", std::to_string(partition)});
}
std::string partition_state(std::string_view topic, std::int32_t partition) {
  return concat({kTopics, "/", topic, "/partitions/", std::to_string(partition), "/state"});
}
std::string delete_topic(std::string_view topic) { return child(kDeleteTopics, topic); }
std::string config(std::string_view entity_path) { return child(kConfig, entity_path); }
std::string config_change() { return child(kConfigChanges, kConfigChangePrefix); }
std::string isr_change() { return child(kIsrChanges, kIsrChangePrefix); }
std::string log_dir_event() { return child(kLogDirEvents, kLogDirEventPrefix); }

std::string consumer_group(std::string_view group) { return child(kConsumers, group); }
std::string consumer_ids(std::string_view group) {
  return concat({kConsumers, "/", group, "/ids"});
}
std::string consumer_id(std::string_view group, std::string_view consumer) {
  return concat({kConsumers, "/", group, "/ids/", consumer});
}
std::string consumer_owner(std::string_view group, std::string_view topic, std::int32_t partition) {
  return concat({kConsumers, "/", group, "/owners/", topic, "/", std::to_string(partition)});
}
std::string consumer_offsets(std::string_view group) {
  return concat({kConsumers, "/", group, "/offsets"});
}
std::string consumer_topic_offsets(std::string_view group, std::string_view topic) {
  return concat({kConsumers, "/", group, "/offsets/", topic});
}
std::string consumer_offset(std::string_view group, std::string_view topic,
                            std::int32_t partition) {
  return concat({kConsumers, "/", group, "/offsets/", topic, "/", std::to_string(partition)});
}

std::string consumer_offset_details(std::string_view group, std::string_view topic,
                                    std::int32_t partition) {
  return consumer_group(group) + "/offset_details/" + std::string(topic) + "/" +
         std::to_string(partition);
}

std::string_view parent(std::string_view path) {
  std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view name(std::string_view path) {
  std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::optional<std::int64_t> sequence_number(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  return base::parse_int<std::int64_t>(name.substr(prefix.size()), 0);
}

std::string sanitize(std::string_view name) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (char c : name) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::optional<std::string> desanitize(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '+') {
      out += ' ';
      continue;
    }
    if (name[i] != '%') {
      out += name[i];
      continue;
    }
    if (i + 2 >= name.size()) return std::nullopt;
    int high = hex_digit(name[i + 1]);
    int low = hex_digit(name[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

}  // namespace odradek::zk::paths
