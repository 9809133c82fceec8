#include "server/log/index_file.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace odradek::log {

namespace {
constexpr std::size_t kSearchBlockEntries = 256;
}  // namespace

IndexFile::IndexFile(FileCache& cache, std::string path, std::size_t entry_size)
    : entry_size_(entry_size), file_(cache, std::move(path)) {}

base::Status IndexFile::load() {
  if (loaded_) return {};
  if (!file_.exists()) {
    take_size(0);
    well_formed_ = false;
    return {};
  }
  auto size = file_.size_bytes();
  if (!size.ok()) return size.error();
  take_size(*size);
  return {};
}

void IndexFile::take_size(std::int64_t size_bytes) {
  auto bytes = static_cast<std::size_t>(size_bytes);
  well_formed_ = bytes % entry_size_ == 0;
  entries_ = written_ = in_memory_from_ = bytes / entry_size_;
  loaded_ = true;
}

void IndexFile::assume_size(std::int64_t size_bytes) {
  base::MutexLock lock(mutex_);
  if (!loaded_) take_size(size_bytes);
}

base::Result<bool> IndexFile::well_formed() {
  base::MutexLock lock(mutex_);
  base::Status loaded = load();
  if (!loaded.ok()) return loaded.error();
  return well_formed_;
}

base::Status IndexFile::create() {
  base::MutexLock lock(mutex_);
  auto file = file_.open();
  if (!file.ok()) return file.error();
  return load();
}

base::Result<std::size_t> IndexFile::entries() {
  base::MutexLock lock(mutex_);
  base::Status loaded = load();
  if (!loaded.ok()) return loaded.error();
  return entries_;
}

base::Status IndexFile::append(base::ByteView entry) {
  CHECK_EQ(entry.size(), entry_size_);
  base::MutexLock lock(mutex_);
  base::Status loaded = load();
  if (!loaded.ok()) return loaded;
  tail_.insert(tail_.end(), entry.begin(), entry.end());
  ++entries_;
  if (entries_ - written_ < kFlushEntries) return {};
  return write_pending_locked();
}

base::Status IndexFile::write_pending() {
  base::MutexLock lock(mutex_);
  return write_pending_locked();
}

base::Status IndexFile::write_pending_locked() {
  if (!loaded_ || written_ == entries_) return {};
  base::ByteView pending(tail_);
  pending = pending.subspan((written_ - in_memory_from_) * entry_size_);
  base::Status wrote = file_.write_at(static_cast<std::int64_t>(written_ * entry_size_), pending);
  if (!wrote.ok()) return wrote;
  written_ = entries_;
  std::size_t in_memory = entries_ - in_memory_from_;
  if (in_memory > 2 * kFlushEntries) {
    std::size_t drop = in_memory - kFlushEntries;
    tail_.erase(tail_.begin(), tail_.begin() + static_cast<std::ptrdiff_t>(drop * entry_size_));
    in_memory_from_ += drop;
  }
  return {};
}

void IndexFile::release_memory() {
  base::MutexLock lock(mutex_);
  if (!loaded_ || written_ != entries_) return;
  base::Bytes().swap(tail_);
  in_memory_from_ = entries_;
  file_.close();
}

base::Status IndexFile::read(std::size_t number, base::MutableBytes out) {
  base::MutexLock lock(mutex_);
  base::Status loaded = load();
  if (!loaded.ok()) return loaded;
  return read_locked(number, out);
}

base::Status IndexFile::read_locked(std::size_t number, base::MutableBytes out) {
  CHECK_LE(number * entry_size_ + out.size(), entries_ * entry_size_);
  if (number >= in_memory_from_) {
    auto from =
        tail_.begin() + static_cast<std::ptrdiff_t>((number - in_memory_from_) * entry_size_);
    std::copy_n(from, out.size(), out.begin());
    return {};
  }
  auto read = file_.read_at(static_cast<std::int64_t>(number * entry_size_), out);
  if (!read.ok()) return read.error();
  if (*read != out.size()) return base::Error(file_.path() + " is shorter than it was");
  return {};
}

base::Result<std::size_t> IndexFile::count_while(
    const std::function<bool(base::ByteView)>& not_after) {
  base::MutexLock lock(mutex_);
  base::Status loaded = load();
  if (!loaded.ok()) return loaded.error();
  std::size_t low = 0;  // entries known to be not after
  std::size_t high = entries_;
  std::uint8_t entry[16];
  base::MutableBytes one(entry, entry_size_);
  if (in_memory_from_ < entries_ && in_memory_from_ > 0) {
    base::ByteView first(tail_.data(), entry_size_);
    (not_after(first) ? low : high) = in_memory_from_;
  }
  bool in_file = high <= in_memory_from_;
  while (low < high && (!in_file || high - low > kSearchBlockEntries)) {
    std::size_t middle = low + (high - low) / 2;
    base::Status read = read_locked(middle, one);
    if (!read.ok()) return read.error();
    if (not_after(one)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low >= high) return low;
  base::Bytes block((high - low) * entry_size_);
  base::Status read = read_locked(low, block);
  if (!read.ok()) return read.error();
  for (std::size_t at = 0; at < block.size() && low < high; at += entry_size_) {
    if (!not_after(base::ByteView(block).subspan(at, entry_size_))) break;
    ++low;
  }
  return low;
}

base::Status IndexFile::truncate_to(std::size_t entries) {
  base::MutexLock lock(mutex_);
  base::Status loaded = load();
  if (!loaded.ok()) return loaded;
  if (entries >= entries_ && well_formed_) return {};
  entries = std::min(entries, entries_);
  if (entries < written_ || !well_formed_) {
    written_ = std::min(entries, written_);
    base::Status cut = file_.truncate(static_cast<std::int64_t>(written_ * entry_size_));
    if (!cut.ok()) return cut;
    well_formed_ = true;
  }
  if (entries <= in_memory_from_) {
    tail_.clear();
    in_memory_from_ = entries;
  } else {
    tail_.resize((entries - in_memory_from_) * entry_size_);
  }
  entries_ = entries;
  return {};
}

base::Status IndexFile::sync() {
  base::MutexLock lock(mutex_);
  base::Status wrote = write_pending_locked();
  if (!wrote.ok()) return wrote;
  return file_.sync();
}

base::Status IndexFile::remove() {
  base::MutexLock lock(mutex_);
  return file_.remove();
}

}  // namespace odradek::log
