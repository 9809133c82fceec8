// TopicPartitionFilter: which partitions kafka-get-offsets is asked about.
#pragma once

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"
#include "tools/topic_filter.h"

namespace odradek::tools {

class TopicPartitionFilter {
 public:
  // "topic1:1,topic2:0-3,:5-": a regular expression of topics, or none for all of them, with a
  // partition, a range without its upper end, or nothing behind.
  static base::Result<TopicPartitionFilter> of_patterns(std::string_view text);
  // A regular expression of topics and ids of partitions ("0,1"); empty ones let everything
  // through.
  static base::Result<TopicPartitionFilter> of_topic(std::string_view topic,
                                                     std::string_view partitions);

  bool allows(const std::string& topic) const;
  bool allows(const protocol::TopicPartition& partition) const;

 private:
  struct Rule {
    TopicFilter topics;
    std::int32_t from = 0;
    std::int32_t until = std::numeric_limits<std::int32_t>::max();
    std::set<std::int32_t> partitions = {};  // none: those between the bounds

    bool allows(std::int32_t partition) const;
  };

  static base::Result<Rule> parse_rule(std::string_view text);

  std::vector<Rule> rules_;
};

}  // namespace odradek::tools
