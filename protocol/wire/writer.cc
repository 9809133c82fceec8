#include "protocol/wire/writer.h"

#include <utility>

#include "base/log.h"

namespace odradek::protocol {

void Writer::records(const Records& records) {
  if (!records.is_shared()) return bytes(records.bytes);
  cut();
  if (records.owner != nullptr) {
    done_.append(records.bytes, records.owner);
  } else {
    bytes(records.bytes);
    cut();
  }
  for (const auto& part : records.rest) {
    std::visit([this](const auto& it) { done_.append(it); }, part);
  }
}

Payload Writer::finish() && {
  CHECK(cursor_ == end_) << "An encoder wrote " << end_ - cursor_ << " bytes fewer than measured.";
  cut();
  return std::move(done_);
}

// Ends the part that is being written; the next one begins behind it in the same buffer.
void Writer::cut() {
  done_.append(std::span<const std::uint8_t>(start_, cursor_), frame_);
  start_ = cursor_;
}

void Writer::overflow(std::size_t count) const {
  LOG(FATAL) << "An encoder writes " << count << " bytes where " << end_ - cursor_
             << " were measured.";
  __builtin_unreachable();
}

}  // namespace odradek::protocol
