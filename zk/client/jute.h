// Jute: ZooKeeper's serialisation, as far as the requests need it that the C client does not know.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/endian.h"
#include "zk/client/code.h"

namespace odradek::zk {

class JuteWriter {
 public:
  void int32(std::int32_t value) { integer(value); }
  void int64(std::int64_t value) { integer(value); }
  void boolean(bool value) { bytes_.push_back(value ? 1 : 0); }
  void buffer(std::string_view value) {
    int32(static_cast<std::int32_t>(value.size()));
    bytes_ += value;
  }
  void string(std::string_view value) { buffer(value); }

  // With its length in front.
  std::string frame() const {
    JuteWriter framed;
    framed.buffer(bytes_);
    return framed.bytes_;
  }

 private:
  template <class T>
  void integer(T value) {
    std::uint8_t bytes[sizeof value];
    base::store_big_endian(bytes, value);
    bytes_.append(reinterpret_cast<const char*>(bytes), sizeof bytes);
  }

  std::string bytes_;
};

// After a failure, which sticks, everything is zero or empty.
class JuteReader {
 public:
  explicit JuteReader(std::string_view bytes) : rest_(bytes) {}

  bool failed() const { return failed_; }
  std::int32_t int32() { return integer<std::int32_t>(); }
  std::int64_t int64() { return integer<std::int64_t>(); }
  bool boolean() {
    const std::string_view byte = take(1);
    return !byte.empty() && byte.front() != 0;
  }
  // nullopt is null data.
  std::optional<std::string> buffer() {
    const std::int32_t size = int32();
    if (size == -1 || failed_) return std::nullopt;
    if (size < 0) return fail(), std::nullopt;
    return std::string(take(static_cast<std::size_t>(size)));
  }
  Stat stat() {
    Stat stat;
    stat.czxid = int64();
    stat.mzxid = int64();
    stat.ctime_ms = int64();
    stat.mtime_ms = int64();
    stat.version = int32();
    int32();  // cversion
    int32();  // aversion
    stat.ephemeral_owner = int64();
    int32();  // length of the data
    stat.num_children = int32();
    int64();  // pzxid
    return stat;
  }

 private:
  void fail() {
    failed_ = true;
    rest_ = {};
  }
  std::string_view take(std::size_t size) {
    if (size > rest_.size()) fail();
    if (failed_) return {};
    std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  template <class T>
  T integer() {
    const std::string_view bytes = take(sizeof(T));
    if (bytes.size() < sizeof(T)) return 0;
    return base::load_big_endian<T>(reinterpret_cast<const std::uint8_t*>(bytes.data()));
  }

  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace odradek::zk
