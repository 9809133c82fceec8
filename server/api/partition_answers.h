// PartitionAnswers: the answer about many partitions, of which those that exist are judged later.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "protocol/errors.h"
#include "protocol/types.h"
#include "server/metadata/metadata_image.h"

namespace odradek::api {

// Response: with topics of a name and partitions of an index and an error, in the order asked for.
template <class Response>
struct PartitionAnswers {
  Response response;
  // Where in the response each partition stands that is to be judged.
  std::vector<std::pair<std::size_t, std::size_t>> places;

  void begin_topic(const std::string& name) { response.topics.emplace_back().name = name; }

  // False for a partition that does not exist, whose answer is final.
  bool add(const metadata::MetadataImage& image, const protocol::TopicPartition& partition) {
    bool exists = image.partition(partition) != nullptr;
    auto& answers = response.topics.back().partitions;
    answers.push_back({partition.partition, exists
                                                ? protocol::ErrorCode::kNone
                                                : protocol::ErrorCode::kUnknownTopicOrPartition});
    if (exists) places.emplace_back(response.topics.size() - 1, answers.size() - 1);
    return exists;
  }

  // What was judged, in the order of the places.
  void settle(const std::vector<protocol::ErrorCode>& errors) {
    for (std::size_t i = 0; i < errors.size(); ++i) {
      auto [topic, partition] = places[i];
      response.topics[topic].partitions[partition].error_code = errors[i];
    }
  }
};

}  // namespace odradek::api
