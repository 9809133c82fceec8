// WriteTxnMarkers (key 27): the transaction coordinator has leaders write the end of transactions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct WriteTxnMarkersResponse;

struct WriteTxnMarkersRequest {
  using Response = WriteTxnMarkersResponse;
  static constexpr Api kApi{.key = ApiKey::kWriteTxnMarkers,
                            .name = "WriteTxnMarkers",
                            .min = 0,
                            .max = 1,
                            .flexible = 1};

  struct Topic {
    std::string name;
    std::vector<std::int32_t> partition_indexes;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("partition_indexes", m.partition_indexes);
    }
  };

  struct Marker {
    std::int64_t producer_id = 0;
    std::int16_t producer_epoch = 0;
    bool transaction_result = false;  // true: commit; false: abort
    std::vector<Topic> topics;
    std::int32_t coordinator_epoch = 0;

    static void describe(auto& field, auto& m) {
      field("producer_id", m.producer_id);
      field("producer_epoch", m.producer_epoch);
      field("transaction_result", m.transaction_result);
      field("topics", m.topics);
      field("coordinator_epoch", m.coordinator_epoch);
    }
  };

  std::vector<Marker> markers;

  static void describe(auto& field, auto& m) { field("markers", m.markers); }
};
extern template struct Codec<WriteTxnMarkersRequest>;

struct WriteTxnMarkersResponse {
  static constexpr Api kApi = WriteTxnMarkersRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
    }
  };

  struct Topic {
    std::string name;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("partitions", m.partitions);
    }
  };

  struct Marker {
    std::int64_t producer_id = 0;
    std::vector<Topic> topics;

    static void describe(auto& field, auto& m) {
      field("producer_id", m.producer_id);
      field("topics", m.topics);
    }
  };

  std::vector<Marker> markers;

  static void describe(auto& field, auto& m) { field("markers", m.markers); }
};
extern template struct Codec<WriteTxnMarkersResponse>;

}  // namespace odradek::protocol
