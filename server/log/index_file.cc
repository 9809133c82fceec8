#include "server/log/index_file.h"

#include <algorithm>
#include <utility>

#include "base/endian.h"
#include "base/file.h"
#include "base/log.h"

namespace odradek::log {

namespace {
constexpr std::size_t kBlockEntries = 256;

std::int64_t key_of(const std::uint8_t* entry, IndexFile::Key key) {
  const std::uint8_t* from = entry + key.at;
  return key.size_bytes == 8 ? base::load_big_endian<std::int64_t>(from)
                             : base::load_big_endian<std::int32_t>(from);
}
}  // namespace

IndexFile::IndexFile(FileCache& cache, std::string path, std::size_t entry_size)
    : file_(cache, std::move(path)), entry_size_(static_cast<std::uint8_t>(entry_size)) {
  CHECK_LE(entry_size, kMaxEntrySize);
}

base::Status IndexFile::load() {
  if (loaded_) return {};
  auto attributes = base::path_attributes(file_.path());
  if (!attributes.ok()) return attributes.error();
  bool missing = attributes->type == base::FileType::kMissing;
  base::Status created = missing ? file_.create() : base::Status();
  if (!created.ok()) return created;
  take_size(attributes->size_bytes);
  well_formed_ &= !missing;
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
  base::Status created = file_.create();
  return created.ok() ? load() : created;
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
    searched_.reset();
  }
  return {};
}

void IndexFile::release_memory() {
  base::MutexLock lock(mutex_);
  if (!loaded_ || written_ != entries_) return;
  base::Bytes().swap(tail_);
  in_memory_from_ = entries_;
  searched_.reset();
  file_.close();
}

base::Result<std::optional<IndexFile::Entry>> IndexFile::entry(std::size_t number) {
  std::optional<Entry> found;
  if (number >= entries_) return found;
  base::Status read = read_locked(number, base::MutableBytes(found.emplace()).first(entry_size_));
  if (!read.ok()) return read.error();
  return found;
}

base::Result<std::optional<IndexFile::Entry>> IndexFile::read(std::size_t number) {
  base::MutexLock lock(mutex_);
  base::Status loaded = load();
  if (!loaded.ok()) return loaded.error();
  return entry(number);
}

base::Result<std::optional<IndexFile::Entry>> IndexFile::last() {
  base::MutexLock lock(mutex_);
  base::Status loaded = load();
  if (!loaded.ok()) return loaded.error();
  if (entries_ == 0) return std::optional<Entry>();
  return entry(entries_ - 1);
}

base::Result<IndexFile::Found> IndexFile::find(Key key, std::int64_t bound) {
  base::MutexLock lock(mutex_);
  base::Status loaded = load();
  if (!loaded.ok()) return loaded.error();
  auto count = count_below(key, bound);
  if (!count.ok()) return count.error();
  Found found{*count, std::nullopt, std::nullopt};
  if (*count > 0) {
    auto before = entry(*count - 1);
    if (!before.ok()) return before.error();
    found.before = *before;
  }
  auto behind = entry(*count);
  if (!behind.ok()) return behind.error();
  found.behind = *behind;
  return found;
}

base::Status IndexFile::read_locked(std::size_t number, base::MutableBytes out) {
  CHECK_LE(number * entry_size_ + out.size(), entries_ * entry_size_);
  auto copy = [&](const base::Bytes& from, std::size_t first) {
    std::copy_n(from.data() + (number - first) * entry_size_, out.size(), out.begin());
  };
  if (number >= in_memory_from_) {
    copy(tail_, in_memory_from_);
    return {};
  }
  if (searched_ != nullptr) {
    const Searched& kept = *searched_;
    if (number >= kept.block_from &&
        (number - kept.block_from) * entry_size_ + out.size() <= kept.block.size()) {
      copy(kept.block, kept.block_from);
      return {};
    }
  }
  auto read = file_.read_at(static_cast<std::int64_t>(number * entry_size_), out);
  if (!read.ok()) return read.error();
  if (*read != out.size()) return base::Error(file_.path() + " is shorter than it was");
  return {};
}

base::Status IndexFile::keep_block(std::size_t block) {
  Searched& kept = *searched_;
  std::size_t from = block * kBlockEntries;
  if (from == kept.block_from && !kept.block.empty()) return {};
  base::Bytes bytes = std::exchange(kept.block, {});  // no new one for each that is kept
  bytes.resize(std::min(kBlockEntries, in_memory_from_ - from) * entry_size_);
  base::Status read = read_locked(from, bytes);
  if (!read.ok()) return read;
  kept.block = std::move(bytes);
  kept.block_from = from;
  return {};
}

std::size_t IndexFile::count_in(const base::Bytes& entries, Key key, std::int64_t bound) const {
  std::size_t low = 0;
  for (std::size_t high = entries.size() / entry_size_; low < high;) {
    std::size_t middle = low + (high - low) / 2;
    if (key_of(entries.data() + middle * entry_size_, key) < bound) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

base::Result<std::size_t> IndexFile::blocks_below(Key key, std::int64_t bound) {
  Searched& kept = *searched_;
  std::size_t blocks = (in_memory_from_ + kBlockEntries - 1) / kBlockEntries;
  kept.firsts.resize(blocks * entry_size_);
  kept.firsts_known.resize(blocks);
  std::size_t low = 0;
  for (std::size_t high = blocks; low < high;) {
    std::size_t middle = low + (high - low) / 2;
    base::MutableBytes first(kept.firsts.data() + middle * entry_size_, entry_size_);
    if (!kept.firsts_known[middle]) {
      base::Status read = read_locked(middle * kBlockEntries, first);
      if (!read.ok()) return read.error();
      kept.firsts_known[middle] = true;
    }
    if (key_of(first.data(), key) < bound) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

base::Result<std::size_t> IndexFile::count_below(Key key, std::int64_t bound) {
  std::size_t in_memory = count_in(tail_, key, bound);
  if (in_memory > 0 || in_memory_from_ == 0) return in_memory_from_ + in_memory;
  if (searched_ == nullptr) searched_ = std::make_unique<Searched>();
  auto blocks = blocks_below(key, bound);
  if (!blocks.ok() || *blocks == 0) return blocks;
  base::Status kept = keep_block(*blocks - 1);
  if (!kept.ok()) return kept.error();
  return searched_->block_from + count_in(searched_->block, key, bound);
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
  searched_.reset();
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
