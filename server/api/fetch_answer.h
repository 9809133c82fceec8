// FetchAnswer: turns what was read into a Fetch response, by the client's version and what its
// session was told before.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/messages/fetch.h"
#include "server/metadata/metadata_cache.h"
#include "server/replica/fetch_sessions.h"
#include "server/replica/read.h"

namespace odradek::api {

class FetchAnswer {
 public:
  // Clients from here on read whatever is stored.
  static constexpr std::int16_t kFirstVersionWithZstd = 10;

  FetchAnswer(std::vector<replica::SessionPartition> partitions, replica::FetchSessionPtr session,
              bool is_incremental, bool is_follower)
      : partitions_(std::move(partitions)),
        session_(std::move(session)),
        is_incremental_(is_incremental),
        is_follower_(is_follower) {}

  // `outcomes` are those of the partitions, in order.
  protocol::FetchResponse build(std::vector<replica::ReadOutcome> outcomes, std::int16_t version,
                                const std::string& listener, const metadata::MetadataImage& image);

 private:
  // False when the client knows all this already.
  bool must_list(std::size_t index, const protocol::FetchResponse::Partition& partition);
  // Refuses or converts what a client of this version cannot read.
  void suit(protocol::FetchResponse::Partition& partition, const log::LogOptions& options,
            std::size_t index, std::int16_t version);
  void convert(protocol::FetchResponse::Partition& partition, std::size_t index, std::int8_t magic);

  const std::vector<replica::SessionPartition> partitions_;
  const replica::FetchSessionPtr session_;
  const bool is_incremental_;
  const bool is_follower_;
  bool keeps_a_first_batch_ = false;
};

}  // namespace odradek::api
