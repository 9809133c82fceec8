// WatchLists: for each key the operations that wait for it, in shards with a lock each.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "server/purgatory/delayed_operation.h"

namespace odradek::purgatory {

// Safe from any thread. No call leaves it while a shard's lock is held.
template <class Key, class Hash>
class WatchLists {
 public:
  using List = std::list<DelayedOperation*>;

  std::vector<std::shared_ptr<DelayedOperation>> watching(const Key& key) const {
    const Shard& shard = shard_of(key);
    std::vector<std::shared_ptr<DelayedOperation>> found;
    base::MutexLock lock(shard.mutex);
    auto list = shard.by_key.find(key);
    if (list == shard.by_key.end()) return found;
    found.reserve(list->second.size());
    for (DelayedOperation* operation : list->second) {
      // Null for one that is being destroyed and waits for this lock to leave.
      auto alive = std::static_pointer_cast<DelayedOperation>(operation->weak_from_this().lock());
      if (alive != nullptr) found.push_back(std::move(alive));
    }
    return found;
  }

  // One operation under one key. `is_in` and `place` are guarded by the lock of the key's shard.
  struct Entry {
    Key key;
    bool is_in = false;
    typename List::iterator place{};
  };

  // False when the operation is complete already: then it is not put in, as nobody would take it
  // out again.
  bool join(DelayedOperation& operation, Entry& entry) {
    Shard& shard = shard_of(entry.key);
    base::MutexLock lock(shard.mutex);
    if (operation.is_completed()) return false;
    List& list = shard.by_key[entry.key];
    entry.place = list.insert(list.end(), &operation);
    entry.is_in = true;
    entries_.fetch_add(1);
    return true;
  }

  void leave(Entry& entry) {
    Shard& shard = shard_of(entry.key);
    base::MutexLock lock(shard.mutex);
    if (!std::exchange(entry.is_in, false)) return;
    auto list = shard.by_key.find(entry.key);
    list->second.erase(entry.place);
    if (list->second.empty()) shard.by_key.erase(list);
    entries_.fetch_sub(1);
  }

  std::size_t entries() const { return entries_.load(); }
  std::size_t operations() const { return operations_.load(); }
  void count_operation(bool came) { came ? operations_.fetch_add(1) : operations_.fetch_sub(1); }
  bool is_empty() const { return entries_.load() == 0; }

 private:
  static constexpr std::size_t kShards = 64;
  struct Shard {
    mutable base::Mutex mutex;
    std::unordered_map<Key, List, Hash> by_key GUARDED_BY(mutex);
  };

  Shard& shard_of(const Key& key) { return shards_[mix(Hash()(key)) % kShards]; }
  const Shard& shard_of(const Key& key) const { return shards_[mix(Hash()(key)) % kShards]; }
  // Hashes of neighbouring partitions differ in the lowest bits only or not there at all.
  static std::size_t mix(std::size_t hash) { return (hash * 0x9E3779B97F4A7C15ULL) >> 32; }

  std::array<Shard, kShards> shards_;
  std::atomic<std::size_t> entries_{0};
  std::atomic<std::size_t> operations_{0};
};

// The entries of one operation in the lists.
template <class Key, class Hash>
class WatchSet : public Watches {
 public:
  WatchSet(std::shared_ptr<WatchLists<Key, Hash>> lists, DelayedOperation& operation,
           std::vector<Key> keys)
      : lists_(std::move(lists)), operation_(operation) {
    entries_.reserve(keys.size());
    for (Key& key : keys) entries_.push_back(Entry{std::move(key), false, {}});
    lists_->count_operation(true);
  }
  ~WatchSet() override { leave_all(); }

  // Stops where the operation completes.
  void join_all() {
    for (Entry& entry : entries_) {
      if (!lists_->join(operation_, entry)) return;
    }
  }

  void leave_all() override {
    if (!left_.exchange(true)) lists_->count_operation(false);
    for (Entry& entry : entries_) lists_->leave(entry);
  }

 private:
  using Entry = typename WatchLists<Key, Hash>::Entry;

  const std::shared_ptr<WatchLists<Key, Hash>> lists_;
  DelayedOperation& operation_;
  std::vector<Entry> entries_;
  std::atomic<bool> left_{false};
};

}  // namespace odradek::purgatory
