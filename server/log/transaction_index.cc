#include "server/log/transaction_index.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/endian.h"
#include "base/file.h"

namespace odradek::log {

namespace {

constexpr std::int16_t kVersion = 0;
// More than the markers of a segment of the largest size can be.
constexpr std::size_t kMaxBytes = std::size_t{1} << 30;

using StoredEntry = std::array<std::uint8_t, TransactionIndex::kEntrySize>;

StoredEntry encode(const AbortedTransaction& transaction) {
  StoredEntry bytes;
  base::store_big_endian(bytes.data(), kVersion);
  base::store_big_endian(bytes.data() + 2, transaction.producer_id);
  base::store_big_endian(bytes.data() + 10, transaction.first_offset);
  base::store_big_endian(bytes.data() + 18, transaction.last_offset);
  base::store_big_endian(bytes.data() + 26, transaction.last_stable_offset);
  return bytes;
}

// Nothing when no aborted transaction can look like this.
std::optional<AbortedTransaction> decode(const std::uint8_t* bytes) {
  auto field = [&](std::size_t at) { return base::load_big_endian<std::int64_t>(bytes + at); };
  AbortedTransaction found{field(2), field(10), field(18), field(26)};
  bool plausible = base::load_big_endian<std::int16_t>(bytes) == kVersion &&
                   found.producer_id >= 0 && found.first_offset >= 0 &&
                   found.last_offset >= found.first_offset && found.last_stable_offset >= 0;
  return plausible ? std::optional(found) : std::nullopt;
}

}  // namespace

base::Status TransactionIndex::load() {
  if (size_bytes_) return {};
  auto attributes = base::path_attributes(file_.path());
  if (!attributes.ok()) return attributes.error();
  // One that is larger has no whole number of entries either way.
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  size_bytes_ = static_cast<std::uint32_t>(std::min(attributes->size_bytes, kMost));
  return {};
}

base::Result<std::vector<AbortedTransaction>> TransactionIndex::read() {
  base::Status loaded = load();
  if (!loaded.ok()) return loaded.error();
  std::vector<AbortedTransaction> all;
  if (*size_bytes_ == 0) return all;
  if (*size_bytes_ % kEntrySize != 0 || *size_bytes_ > kMaxBytes) {
    return base::Error(file_.path() + " has " + std::to_string(*size_bytes_) +
                       " bytes, which are no whole number of entries");
  }
  base::Bytes bytes(*size_bytes_);
  auto got = file_.read_at(0, bytes);
  if (!got.ok()) return got.error();
  if (*got != bytes.size()) return base::Error(file_.path() + " ends too early");
  all.reserve(bytes.size() / kEntrySize);
  for (std::size_t at = 0; at < bytes.size(); at += kEntrySize) {
    auto entry = decode(bytes.data() + at);
    if (!entry || (!all.empty() && entry->last_offset <= all.back().last_offset)) {
      return base::Error(file_.path() + " is damaged at byte " + std::to_string(at));
    }
    all.push_back(*entry);
  }
  return all;
}

base::Result<std::vector<AbortedTransaction>> TransactionIndex::entries() {
  base::MutexLock lock(mutex_);
  return read();
}

base::Status TransactionIndex::append(const AbortedTransaction& transaction) {
  base::MutexLock lock(mutex_);
  base::Status loaded = load();
  if (!loaded.ok()) return loaded;
  if (*size_bytes_ > 0) {
    StoredEntry last;
    auto got = file_.read_at(static_cast<std::int64_t>(*size_bytes_ - kEntrySize), last);
    if (!got.ok()) return got.error();
    auto newest = decode(last.data());
    if (newest && transaction.last_offset <= newest->last_offset) return {};
  }
  if (*size_bytes_ == 0) {
    base::Status created = file_.create();
    if (!created.ok()) return created;
  }
  StoredEntry bytes = encode(transaction);
  base::Status written = file_.write_at(static_cast<std::int64_t>(*size_bytes_), bytes);
  if (written.ok()) *size_bytes_ += kEntrySize;
  return written;
}

base::Result<bool> TransactionIndex::collect(protocol::Offset from, protocol::Offset to,
                                             std::vector<AbortedTransaction>& found) {
  base::MutexLock lock(mutex_);
  auto all = read();
  if (!all.ok()) return all.error();
  for (const AbortedTransaction& transaction : *all) {
    bool overlaps = transaction.last_offset >= from && transaction.first_offset < to;
    if (overlaps) found.push_back(transaction);
    if (transaction.last_stable_offset >= to) return true;
  }
  return false;
}

base::Status TransactionIndex::cut(std::size_t entries) {
  std::size_t size_bytes = entries * kEntrySize;
  if (size_bytes == *size_bytes_) return {};
  base::Status done = file_.truncate(static_cast<std::int64_t>(size_bytes));
  if (done.ok()) size_bytes_ = static_cast<std::uint32_t>(size_bytes);
  return done;
}

base::Status TransactionIndex::truncate_to(protocol::Offset offset) {
  base::MutexLock lock(mutex_);
  auto all = read();
  if (!all.ok()) return all.error();
  auto dropped = std::find_if(all->begin(), all->end(), [&](const AbortedTransaction& transaction) {
    return transaction.last_offset >= offset;
  });
  return cut(static_cast<std::size_t>(dropped - all->begin()));
}

base::Status TransactionIndex::clear() {
  base::MutexLock lock(mutex_);
  base::Status loaded = load();
  if (!loaded.ok()) return loaded;
  return cut(0);
}

base::Status TransactionIndex::sync() {
  base::MutexLock lock(mutex_);
  base::Status loaded = load();
  if (!loaded.ok() || *size_bytes_ == 0) return loaded;
  return file_.sync();
}

}  // namespace odradek::log
