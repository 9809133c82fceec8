#include "tools/offset_reset.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "base/text.h"
#include "tools/command_log.h"

namespace odradek::tools {
namespace {

using protocol::Offset;
using protocol::TopicPartition;

constexpr std::int64_t kLatest = -1;
constexpr std::int64_t kEarliest = -2;

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (char character : text) {
    if (character == '"') quoted += '"';
    quoted += character;
  }
  return quoted + '"';
}

std::vector<std::string> csv_fields(const std::string& line) {
  std::vector<std::string> fields(1);
  bool is_quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && is_quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += line[i++];
    } else if (line[i] == '"') {
      is_quoted = !is_quoted;
    } else if (line[i] == ',' && !is_quoted) {
      fields.emplace_back();
    } else if (line[i] != '\r') {
      fields.back() += line[i];
    }
  }
  return fields;
}

std::vector<TopicPartition> partitions_in(const OffsetsByPartition& offsets) {
  std::vector<TopicPartition> partitions;
  for (const auto& [partition, offset] : offsets) partitions.push_back(partition);
  return partitions;
}

// Minutes east of Greenwich.
std::optional<int> parse_zone(const std::string& zone) {
  if (zone.empty() || zone == "Z") return 0;
  // A sign and two digits, then perhaps two more, with or without a colon.
  bool has_sign = zone[0] == '+' || zone[0] == '-';
  std::string digits = zone.substr(1);
  if (digits.size() == 5 && digits[2] == ':') digits.erase(2, 1);
  auto number = base::parse_int<int>(digits, 0);
  bool has_minutes = digits.size() == 4;
  if (!has_sign || !number || !(has_minutes || digits.size() == 2)) return std::nullopt;
  int hours = has_minutes ? *number / 100 : *number;
  int minutes = has_minutes ? *number % 100 : 0;
  if (minutes > 59) return std::nullopt;
  return (zone[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

}  // namespace

base::Result<std::vector<TopicPartition>> parse_topic_partitions(
    ClusterGroups& groups, const std::vector<std::string>& arguments) {
  std::vector<TopicPartition> partitions;
  for (const std::string& argument : arguments) {
    std::size_t colon = argument.find(':');
    if (colon == std::string::npos) {
      auto all = groups.partitions_of(argument);
      if (!all) return all.error();
      partitions.insert(partitions.end(), all->begin(), all->end());
      continue;
    }
    std::string rest = argument.substr(colon + 1);
    if (rest.empty() || rest.find(':') != std::string::npos) {
      return base::Error("Invalid topic arg '" + argument +
                         "', expected topic name and partitions");
    }
    for (std::string_view part : base::split(rest, ',')) {
      auto index = base::parse_int<std::int32_t>(part, 0);
      if (!index) {
        return base::Error("Invalid partition '" + std::string(part) +
                           "' specified in topic arg '" + argument + "''");
      }
      partitions.push_back({argument.substr(0, colon), *index});
    }
  }
  return partitions;
}

base::Result<OffsetReset::Partitions> OffsetReset::scope(const std::string& group) {
  if (options_.has("topic")) return parse_topic_partitions(groups_, options_.all("topic"));
  auto offsets = groups_.committed(group);
  if (!offsets) return offsets.error();
  return partitions_in(*offsets);
}

base::Result<OffsetsByPartition> OffsetReset::plan(const std::string& group) {
  if (options_.has("from-file")) return from_file(group);
  auto partitions = scope(group);
  if (!partitions) return partitions.error();
  if (options_.has("to-offset")) {
    OffsetsByPartition wanted;
    for (const auto& partition : *partitions) wanted[partition] = options_.number("to-offset");
    return in_range(std::move(wanted));
  }
  if (options_.has("to-earliest")) return at_end(*partitions, kEarliest, "starting");
  if (options_.has("to-latest")) return at_end(*partitions, kLatest, "ending");
  if (options_.has("shift-by")) return shifted(group, *partitions);
  if (options_.has("to-current")) return current(group, *partitions);
  if (options_.has("to-datetime")) {
    auto time_ms = parse_datetime_ms(options_.value("to-datetime"));
    return time_ms ? at_time(*partitions, *time_ms)
                   : base::Result<OffsetsByPartition>(time_ms.error());
  }
  auto duration_ms = parse_duration_ms(options_.value("by-duration"));
  return duration_ms ? at_time(*partitions, clock_.wall_ms() - *duration_ms)
                     : base::Result<OffsetsByPartition>(duration_ms.error());
}

base::Result<OffsetsByPartition> OffsetReset::at_end(const Partitions& partitions,
                                                     std::int64_t which, const char* name) {
  auto offsets = groups_.log_offsets(partitions, which);
  if (!offsets) return offsets.error();
  for (const TopicPartition& partition : partitions) {
    if (!offsets->contains(partition)) {
      return base::Error(std::string("Error getting ") + name +
                         " offset of topic partition: " + partition.to_string());
    }
  }
  return offsets;
}

base::Result<OffsetsByPartition> OffsetReset::at_time(const Partitions& partitions,
                                                      std::int64_t time_ms) {
  auto offsets = groups_.log_offsets(partitions, time_ms);
  if (!offsets) return offsets.error();
  Partitions without;
  for (const auto& [partition, offset] : *offsets) {
    if (offset >= 0) continue;
    std::printf(
        "\nWarn: Partition %d from topic %s is empty. Falling back to latest known offset.\n",
        partition.partition, partition.topic.c_str());
    without.push_back(partition);
  }
  auto ends = at_end(without, kLatest, "ending");
  if (!ends) return ends.error();
  for (const auto& [partition, offset] : *ends) (*offsets)[partition] = offset;
  return offsets;
}

base::Result<OffsetsByPartition> OffsetReset::shifted(const std::string& group,
                                                      const Partitions& partitions) {
  auto committed = groups_.committed(group);
  if (!committed) return committed.error();
  OffsetsByPartition wanted;
  for (const TopicPartition& partition : partitions) {
    auto found = committed->find(partition);
    if (found == committed->end()) {
      return base::Error("Cannot shift offset for partition " + partition.to_string() +
                         " since there is no current committed offset");
    }
    wanted[partition] = found->second + options_.number("shift-by");
  }
  return in_range(std::move(wanted));
}

base::Result<OffsetsByPartition> OffsetReset::current(const std::string& group,
                                                      const Partitions& partitions) {
  auto committed = groups_.committed(group);
  if (!committed) return committed.error();
  OffsetsByPartition wanted;
  Partitions without;
  for (const TopicPartition& partition : partitions) {
    auto found = committed->find(partition);
    if (found == committed->end()) {
      without.push_back(partition);
    } else {
      wanted[partition] = found->second;
    }
  }
  auto ends = at_end(without, kLatest, "ending");
  if (!ends) return ends.error();
  wanted.merge(*ends);
  return wanted;
}

base::Result<OffsetsByPartition> OffsetReset::from_file(const std::string& group) {
  std::string path = options_.value("from-file");
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return base::Error("file " + path + " cannot be read");
  bool is_one_group = options_.all("group").size() == 1;
  auto plan = parse_reset_csv(text.str(), is_one_group ? group : "");
  if (!plan) return plan.error();
  auto found = plan->find(group);
  if (found == plan->end()) {
    std::printf("\nError: No reset plan for group %s found\n", group.c_str());
    return OffsetsByPartition();
  }
  return in_range(std::move(found->second));
}

base::Result<OffsetsByPartition> OffsetReset::in_range(OffsetsByPartition wanted) {
  auto starts = groups_.log_offsets(partitions_in(wanted), kEarliest);
  if (!starts) return starts.error();
  auto ends = groups_.log_offsets(partitions_in(wanted), kLatest);
  if (!ends) return ends.error();
  for (auto& [partition, offset] : wanted) {
    auto start = starts->find(partition);
    auto end = ends->find(partition);
    bool is_known = start != starts->end() && end != ends->end();
    Offset asked = offset;
    if (is_known) offset = std::clamp(offset, start->second, end->second);
    if (offset == asked) continue;
    log_warning("New offset (" + std::to_string(asked) + ") is " +
                    (asked > offset ? "higher than latest" : "lower than earliest") +
                    " offset for topic partition " + partition.to_string() +
                    ". Value will be set to " + std::to_string(offset),
                "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand");
  }
  return wanted;
}

std::string reset_csv(const ResetPlan& plan, bool is_one_group) {
  std::string text;
  for (const auto& [group, offsets] : plan) {
    for (const auto& [partition, offset] : offsets) {
      if (!is_one_group) text += csv_field(group) + ",";
      text += csv_field(partition.topic) + "," + std::to_string(partition.partition) + "," +
              std::to_string(offset) + "\n";
    }
  }
  return text;
}

base::Result<ResetPlan> parse_reset_csv(const std::string& text, const std::string& only_group) {
  ResetPlan plan;
  for (std::string_view line : base::split(text, '\n')) {
    if (base::trim(line).empty()) continue;
    std::vector<std::string> fields = csv_fields(std::string(line));
    bool has_group = fields.size() == 4;
    if (!has_group && only_group.empty() && fields.size() == 3) {
      return base::Error("the line '" + std::string(line) +
                         "' names no group, and more than one is meant");
    }
    std::size_t first = has_group ? 1 : 0;
    auto partition = fields.size() == first + 3
                         ? base::parse_int<std::int32_t>(fields[first + 1], 0)
                         : std::nullopt;
    auto offset = partition ? base::parse_int<std::int64_t>(fields[first + 2], 0) : std::nullopt;
    if (!offset) {
      return base::Error("the line '" + std::string(line) +
                         "' is neither topic,partition,offset nor group,topic,partition,offset");
    }
    plan[has_group ? fields[0] : only_group][{fields[first], *partition}] = *offset;
  }
  return plan;
}

base::Result<std::int64_t> parse_datetime_ms(const std::string& text) {
  std::tm time{};
  int milliseconds = 0;
  int used = 0;
  int fields =
      std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3d%n", &time.tm_year, &time.tm_mon,
                  &time.tm_mday, &time.tm_hour, &time.tm_min, &time.tm_sec, &milliseconds, &used);
  auto zone = fields == 7 ? parse_zone(text.substr(static_cast<std::size_t>(used))) : std::nullopt;
  if (!zone) {
    return base::Error("'" + text + "' is no time like 2024-05-01T12:00:00.000 or " +
                       "2024-05-01T12:00:00.000+02:00");
  }
  time.tm_year -= 1900;
  time.tm_mon -= 1;
  return std::int64_t{timegm(&time)} * 1000 + milliseconds - std::int64_t{*zone} * 60 * 1000;
}

base::Result<std::int64_t> parse_duration_ms(const std::string& text) {
  const base::Error error("'" + text + "' is no duration like P1DT2H3M4S");
  std::string rest = base::to_upper(text);
  bool is_negative = rest.starts_with("-");
  if (is_negative || rest.starts_with("+")) rest.erase(0, 1);
  if (!rest.starts_with("P") || rest.size() < 3) return error;
  rest.erase(0, 1);
  constexpr std::pair<char, double> kUnits[] = {
      {'D', 86'400'000.0}, {'H', 3'600'000.0}, {'M', 60'000.0}, {'S', 1000.0}};
  double total_ms = 0;
  bool is_behind_t = false;
  std::size_t next_unit = 0;
  while (!rest.empty()) {
    if (rest[0] == 'T' && !is_behind_t && rest.size() > 1) {
      is_behind_t = true;
      next_unit = std::max<std::size_t>(next_unit, 1);
      rest.erase(0, 1);
      continue;
    }
    std::size_t end = rest.find_first_not_of("+-.0123456789");
    auto number = end == std::string::npos ? std::nullopt : base::parse_double(rest.substr(0, end));
    std::size_t unit = next_unit;
    while (number && unit < std::size(kUnits) && kUnits[unit].first != rest[end]) ++unit;
    if (!number || unit == std::size(kUnits) || (unit > 0) != is_behind_t) return error;
    total_ms += *number * kUnits[unit].second;
    next_unit = unit + 1;
    rest.erase(0, end + 1);
  }
  if (std::abs(total_ms) > 9e15) return error;
  return static_cast<std::int64_t>(is_negative ? -total_ms : total_ms);
}

}  // namespace odradek::tools
