#include "server/log/append_run.h"

#include <algorithm>

#include "protocol/record/batch.h"

namespace odradek::log {

namespace {

bool continues(const BatchHeader& earlier, const BatchHeader& header) {
  return !earlier.control() && !header.control() && header.base_sequence >= 0 &&
         earlier.producer_epoch == header.producer_epoch &&
         earlier.transactional() == header.transactional() &&
         header.base_sequence == protocol::increment_sequence(earlier.last_sequence(), 1);
}

}  // namespace

const BatchHeader* AppendRun::last_of(std::int64_t producer_id) const {
  auto found = std::find_if(headers_.rbegin(), headers_.rend(), [&](const BatchHeader& header) {
    return header.producer_id == producer_id;
  });
  return found == headers_.rend() ? nullptr : &*found;
}

AppendRun::Order AppendRun::order_of(const PendingAppend& append) const {
  Order order = Order::kUnrelated;
  for (const BatchHeader& header : append.headers) {
    const BatchHeader* earlier = header.has_producer_id() ? last_of(header.producer_id) : nullptr;
    if (earlier == nullptr) continue;
    if (append.headers.size() > 1 || !continues(*earlier, header)) return Order::kUnclear;
    order = Order::kContinues;
  }
  return order;
}

bool AppendRun::has_room_for(const PendingAppend& append) const {
  return headers_.size() + append.headers.size() <= kMaxBatches &&
         size_bytes_ + static_cast<std::int64_t>(append.validated.records.size()) <= kMaxBytes;
}

void AppendRun::add(PendingAppend& append) {
  size_bytes_ += static_cast<std::int64_t>(append.validated.records.size());
  parts_.emplace_back(append.validated.records);
  headers_.insert(headers_.end(), append.headers.begin(), append.headers.end());
  appends_.push_back(&append);
}

void AppendRun::clear() {
  size_bytes_ = 0;
  parts_.clear();
  headers_.clear();
  appends_.clear();
}

}  // namespace odradek::log
