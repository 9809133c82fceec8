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

// Clients below version 4 read magic 0 or 1 only; what they get is converted, this much of a
// partition at a time.
constexpr std::int32_t kMaxConvertedBytes = 4 * 1024 * 1024;
constexpr bool reads_old_format(std::int16_t version) { return version < 4; }

class FetchAnswer {
 public:
  FetchAnswer(std::vector<replica::SessionPartition> partitions, replica::FetchSessionPtr session,
              bool is_incremental)
      : partitions_(std::move(partitions)),
        session_(std::move(session)),
        is_incremental_(is_incremental) {}

  // `outcomes` are those of the partitions, in order.
  protocol::FetchResponse build(std::vector<replica::ReadOutcome> outcomes, std::int16_t version,
                                const std::string& listener, const metadata::MetadataImage& image);

 private:
  // False when the client knows all this already.
  bool must_list(std::size_t index, const protocol::FetchResponse::Partition& partition);

  const std::vector<replica::SessionPartition> partitions_;
  const replica::FetchSessionPtr session_;
  const bool is_incremental_;
};

}  // namespace odradek::api
