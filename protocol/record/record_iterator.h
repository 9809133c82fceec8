// RecordIterator: walks the records of one batch of any magic, compressed or not, within bounds.
#pragma once

#include <cstddef>
#include <memory>

#include "base/result.h"
#include "protocol/record/batch.h"
#include "protocol/record/record.h"

namespace odradek::protocol {

class DecompressedStream;
class LegacyEntries;

struct RecordLimits {
  // A record inside a compressed batch is brought together in memory up to this size; uncompressed
  // ones are seen in place. Memory grows with the bytes that really appear, never with a stated
  // size.
  std::size_t max_record_size_bytes = std::size_t{256} << 20;
};

// while (const Record* record = it.next()) …; then look at it.status().
class RecordIterator {
 public:
  // The batch must be whole and stay until the walk is over. Its CRC is not checked here.
  explicit RecordIterator(const BatchView& batch, RecordLimits limits = {});
  ~RecordIterator();
  RecordIterator(RecordIterator&&) noexcept;

  // nullptr at the end and after a failure. Views into an uncompressed batch live as long as the
  // batch's bytes, those into a compressed one until the next call.
  const Record* next();
  // INVALID_RECORD: malformed record, count that does not match, trailing bytes.
  // CORRUPT_MESSAGE: the compressed payload is broken. UNSUPPORTED_COMPRESSION_TYPE: codec 5 to 7.
  const base::Status& status() const { return status_; }

 private:
  const Record* next_in_place();
  const Record* next_compressed();
  const Record* next_legacy();
  const Record* fail(base::Error error);
  bool parse(base::ByteView body, std::size_t size_bytes);

  BatchView batch_;
  RecordLimits limits_;
  std::int32_t remaining_ = 0;
  bool done_ = false;
  base::ByteView left_;  // uncompressed bytes not walked yet
  std::unique_ptr<DecompressedStream> stream_;
  std::size_t held_ = 0;  // bytes of the stream that record_ looks at
  std::unique_ptr<LegacyEntries> legacy_;
  Record record_;
  base::Status status_;
};

// Whether every record of the batch is well formed, there are as many as the batch says, their
// offsets increase within the batch's range (compaction leaves gaps) and nothing trails, without
// looking at keys and values; errors as RecordIterator::status(). For produce, see validate.h.
base::Status check_records(const BatchView& batch);

}  // namespace odradek::protocol
