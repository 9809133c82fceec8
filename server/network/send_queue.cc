#include "server/network/send_queue.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <variant>

#include "base/file.h"
#include "server/network/socket.h"

namespace odradek::network {
namespace {

constexpr std::size_t kFileBytesPerCall = 1024 * 1024;

std::size_t part_size(const protocol::PayloadPart& part) {
  if (const auto* memory = std::get_if<protocol::SharedBytes>(&part)) return memory->bytes.size();
  if (const auto* slice = std::get_if<protocol::FileSlice>(&part)) {
    return static_cast<std::size_t>(slice->size_bytes);
  }
  return std::get<protocol::GeneratedBytes>(part).size_bytes;
}

std::string truncated(const protocol::FileSlice& slice) {
  return slice.file->path() + " ends before byte " +
         std::to_string(slice.position + slice.size_bytes) + ", which an answer promised";
}

}  // namespace

void SendQueue::add(Answer answer, std::int64_t dequeued_ns) {
  size_bytes_ += answer.payload.size_bytes();
  Send send;
  send.payload = std::move(answer.payload);
  send.on_sent = std::move(answer.on_sent);
  send.times.answered_ns = answer.answered_ns;
  send.times.dequeued_ns = dequeued_ns;
  sends_.push_back(std::move(send));
}

SendQueue::Gathered SendQueue::gather(std::vector<std::uint8_t>& scratch) const {
  Gathered gathered;
  std::size_t scratch_used = 0;
  for (const Send& send : sends_) {
    const auto& parts = send.payload.parts();
    for (std::size_t i = send.part; i < parts.size(); ++i) {
      if (gathered.count == kMaxParts) return gathered;
      const std::size_t done = i == send.part ? send.part_done : 0;
      const std::size_t left = part_size(parts[i]) - done;
      if (const auto* memory = std::get_if<protocol::SharedBytes>(&parts[i])) {
        gathered.parts[gathered.count++] = {const_cast<std::uint8_t*>(memory->bytes.data()) + done,
                                            left};
        continue;
      }
      if (const auto* generated = std::get_if<protocol::GeneratedBytes>(&parts[i])) {
        if (!gather_generated(*generated, left, gathered)) return gathered;
        continue;
      }
      const auto& slice = std::get<protocol::FileSlice>(parts[i]);
      if (left >= kSmallSliceBytes) {
        gathered.big = &slice;
        gathered.big_done = done;
        gathered.more = true;
        return gathered;
      }
      if (scratch_used + left > scratch.size()) return gathered;
      auto read = slice.file->read_at({scratch.data() + scratch_used, left},
                                      slice.position + static_cast<std::int64_t>(done));
      if (!read || *read < left) {
        gathered.failure = read ? truncated(slice) : read.error().message;
        return gathered;
      }
      gathered.parts[gathered.count++] = {scratch.data() + scratch_used, left};
      scratch_used += left;
    }
  }
  return gathered;
}

bool SendQueue::gather_generated(const protocol::GeneratedBytes& part, std::size_t left,
                                 Gathered& gathered) {
  // One piece in memory is enough.
  gathered.more = gathered.has_made_piece;
  if (gathered.more) return false;
  gathered.has_made_piece = true;
  auto piece = part.source->peek();
  if (!piece || piece->empty()) {
    gathered.failure =
        piece ? "records ended before what an answer promised" : piece.error().message;
    return false;
  }
  const std::size_t size = std::min(piece->size(), left);
  gathered.parts[gathered.count++] = {const_cast<std::uint8_t*>(piece->data()), size};
  gathered.more = size < left;
  return !gathered.more;
}

void SendQueue::advance(std::size_t bytes) {
  size_bytes_ -= bytes;
  while (!sends_.empty()) {
    Send& send = sends_.front();
    const auto& parts = send.payload.parts();
    while (send.part < parts.size()) {
      const std::size_t step = std::min(bytes, part_size(parts[send.part]) - send.part_done);
      if (const auto* generated = std::get_if<protocol::GeneratedBytes>(&parts[send.part])) {
        generated->source->consume(step);
      }
      send.part_done += step;
      bytes -= step;
      if (send.part_done < part_size(parts[send.part])) return;
      ++send.part;
      send.part_done = 0;
    }
    if (send.on_sent) {
      send.payload = {};
      written_.push_back(std::move(send));
    }
    sends_.pop_front();
  }
}

IoResult SendQueue::write_once(Transport& transport, std::vector<std::uint8_t>& scratch) {
  Gathered gathered = gather(scratch);
  if (!gathered.failure.empty()) return {IoState::kFailed, 0, std::move(gathered.failure)};
  IoResult result;
  if (gathered.big != nullptr && gathered.count == 0) {
    const protocol::FileSlice& slice = *gathered.big;
    const std::size_t left = static_cast<std::size_t>(slice.size_bytes) - gathered.big_done;
    result = transport.send_file(slice.file->fd(),
                                 slice.position + static_cast<std::int64_t>(gathered.big_done),
                                 std::min(left, kFileBytesPerCall));
    if (result.state == IoState::kReady && result.bytes == 0) {
      return {IoState::kFailed, 0, truncated(slice)};
    }
  } else {
    result = transport.write({gathered.parts.data(), gathered.count}, gathered.more);
  }
  has_made_piece_ |= gathered.has_made_piece;
  advance(result.bytes);
  is_held_by_transport_ = result.state == IoState::kWantWrite;
  return result;
}

IoResult SendQueue::flush(Transport& transport, std::vector<std::uint8_t>& scratch,
                          const base::Clock& clock) {
  IoResult total;
  if (is_held_by_transport_) {
    total = transport.write({}, false);
    if (total.state != IoState::kReady) return total;
    is_held_by_transport_ = false;
  }
  has_made_piece_ = false;
  while (!sends_.empty() && total.bytes < kBytesPerTurn && !has_made_piece_) {
    IoResult result = write_once(transport, scratch);
    total.bytes += result.bytes;
    total.state = result.state;
    total.reason = std::move(result.reason);
    if (total.state != IoState::kReady) return total;
  }
  finish_sent(clock);
  return total;
}

void SendQueue::finish_sent(const base::Clock& clock) {
  while (!written_.empty()) {
    Send send = std::move(written_.front());
    written_.pop_front();
    send.times.sent_ns = clock.monotonic_ns();
    send.on_sent(send.times);
  }
}

}  // namespace odradek::network
