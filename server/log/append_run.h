// AppendRun: appends of several requests that go to a log's file by one write.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/record/validate.h"
#include "server/log/append_info.h"
#include "server/log/batch_header.h"

namespace odradek::log {

// Records of a request that passed their checks, and what becomes of them.
struct PendingAppend {
  protocol::ValidatedRecords validated;
  AppendSpec spec;
  BatchHeaders headers;
  base::Result<AppendInfo> result{AppendInfo()};
};

// One thread (the log's lock); the appends outlive it.
class AppendRun {
 public:
  static constexpr std::size_t kMaxBatches = 256;
  static constexpr std::int64_t kMaxBytes = 4 << 20;

  bool empty() const { return appends_.empty(); }
  std::int64_t size_bytes() const { return size_bytes_; }
  protocol::Offset end_offset() const { return headers_.back().last_offset + 1; }
  std::span<const base::ByteView> parts() const { return parts_; }
  std::span<const BatchHeader> headers() const { return headers_; }
  std::span<PendingAppend* const> appends() const { return appends_; }

  // What an append's producers have in this run already.
  enum class Order : std::uint8_t {
    kUnrelated,  // nothing: the log's producer states tell all
    kContinues,  // the batch that comes right before it, so that it is in order
    kUnclear,    // more than that: only known once the run is written
  };
  Order order_of(const PendingAppend& append) const;
  bool has_room_for(const PendingAppend& append) const;

  // Its offsets are those behind the run.
  void add(PendingAppend& append);
  void clear();

 private:
  const BatchHeader* last_of(std::int64_t producer_id) const;

  std::int64_t size_bytes_ = 0;
  boost::container::small_vector<base::ByteView, 1> parts_;
  BatchHeaders headers_;
  boost::container::small_vector<PendingAppend*, 1> appends_;
};

}  // namespace odradek::log
