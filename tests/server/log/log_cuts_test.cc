// A log of all formats cut everywhere in its last 64 KiB, with nothing, zeros, garbage or old
// blocks behind the cut, as a power loss leaves it. LOG_CUT_STEP=1 cuts at every byte.

#include <cstdlib>
#include <filesystem>
#include <map>

#include "base/random.h"
#include "protocol/record/legacy.h"
#include "server/log/producer_snapshot.h"
#include "tests/server/log/log_states.h"
#include "tests/support/quiet_log.h"

namespace odradek::log {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kCutBytes = 64 << 10;
constexpr int kEpochBytes = 6000;  // of the log, for each leader epoch

// What of a producer a replay tells, snapshots or not.
struct ProducerFacts {
  std::int16_t epoch = -1;
  std::int32_t last_sequence = -1;
  protocol::Offset last_offset = -1;
  std::optional<protocol::Offset> transaction;
  bool operator==(const ProducerFacts&) const = default;
};
using AllProducers = std::map<std::int64_t, ProducerFacts>;

AllProducers facts_of(const std::vector<ProducerEntry>& entries) {
  AllProducers facts;
  for (const ProducerEntry& entry : entries) {
    facts[entry.producer_id] = {entry.producer_epoch, entry.last_sequence(), entry.last_offset(),
                                entry.transaction_first_offset};
  }
  return facts;
}

// What there is when the log ends behind a batch.
struct Prefix {
  std::int64_t size_bytes = 0;
  protocol::Offset end = 0;
  AllProducers producers;
  std::vector<EpochEntry> epochs;
  std::size_t aborted = 0;
};

class LogCuts : public ::testing::Test {
 protected:
  void write_old_formats(Log& log) {
    for (std::int8_t magic : {0, 1}) {
      for (auto codec : {protocol::CompressionType::kNone, protocol::CompressionType::kGzip,
                         protocol::CompressionType::kSnappy}) {
        protocol::LegacySetOptions options;
        options.magic = magic;
        options.codec = codec;
        protocol::LegacySetBuilder set(options);
        for (int i = 0; i < 3; ++i) {
          set.append(log.log_end_offset() + i, 1000 + i, base::as_bytes("key"),
                     base::as_bytes("an old value"));
        }
        base::Bytes bytes = *set.build();
        ASSERT_TRUE(log.append_as_follower(bytes).ok());
      }
    }
  }
  void write_batch(Log& log) {
    constexpr protocol::CompressionType kCodecs[] = {
        protocol::CompressionType::kNone, protocol::CompressionType::kNone,
        protocol::CompressionType::kGzip, protocol::CompressionType::kSnappy,
        protocol::CompressionType::kLz4,  protocol::CompressionType::kZstd};
    auto epoch = static_cast<protocol::LeaderEpoch>(log.size_bytes() / kEpochBytes);
    std::int64_t producer = random_.between(-1, 5);
    BatchSpec spec{.records = static_cast<int>(random_.between(1, 5)),
                   .value_bytes = random_.below(120),
                   .timestamp_ms = 1000 + log.log_end_offset() + random_.between(0, 50),
                   .fill = static_cast<std::uint8_t>(random_.below(256)),
                   .codec = kCodecs[random_.below(std::size(kCodecs))]};
    if (producer >= 0) {
      spec.producer_id = producer;
      spec.producer_epoch = 0;
      spec.base_sequence = sequences_[producer];
      spec.transactional = producer >= 3;
      sequences_[producer] += spec.records;
    }
    append(log, make_batch(spec), epoch);
    if (!spec.transactional || !random_.one_in(3)) return;
    auto type = random_.one_in(2) ? protocol::ControlRecordType::kAbort
                                  : protocol::ControlRecordType::kCommit;
    base::Bytes marker = protocol::end_transaction_batch({type, 0}, producer, 0, 5000);
    CHECK(log.append_as_leader(
                 marker, {.leader_epoch = epoch, .origin = protocol::AppendOrigin::kCoordinator})
              .ok());
  }

  void SetUp() override {
    bench_.options.index_interval_bytes = 700;
    {
      auto log = bench_.load();
      write_old_formats(*log);
      while (log->size_bytes() < kCutBytes) write_batch(*log);
      ASSERT_TRUE(log->close().ok());
    }
    fs::copy(bench_.log_directory(), original_);
    whole_ = *base::read_whole_file(original_ + "/" + segment_file_name(0, kLogSuffix), 1 << 20);
    walk();
    auto log = base::File::open(log_path(), base::File::Mode::kReadWrite);
    ASSERT_TRUE(log.ok());
    log_file_ = std::move(*log);
  }

  // Fills prefixes_, from the bytes alone.
  void walk() {
    ProducerStates states;
    Prefix prefix;
    prefixes_.push_back(prefix);
    protocol::BatchReader reader(base::as_bytes(whole_));
    for (;;) {
      auto batch = reader.next();
      ASSERT_TRUE(batch.ok());
      if (!batch->has_value()) break;
      BatchHeader header = BatchHeader::of(**batch);
      states.update(header);
      if (header.has_producer_id() && header.control()) {
        auto marker = protocol::decode_end_transaction_marker(**batch);
        bool abort = marker->type == protocol::ControlRecordType::kAbort;
        auto done = states.complete(header, abort, marker->coordinator_epoch);
        if (done && abort) ++prefix.aborted;
      }
      protocol::LeaderEpoch latest = prefix.epochs.empty() ? -1 : prefix.epochs.back().epoch;
      if (header.leader_epoch > latest) {
        prefix.epochs.push_back({header.leader_epoch, header.base_offset});
      }
      prefix.size_bytes += header.size_bytes;
      prefix.end = header.last_offset + 1;
      prefix.producers = facts_of(states.entries());
      prefixes_.push_back(prefix);
    }
    ASSERT_EQ(prefix.size_bytes, static_cast<std::int64_t>(whole_.size()));
  }

  std::string log_path() const {
    return bench_.log_directory() + "/" + segment_file_name(0, kLogSuffix);
  }
  // The other files as they were when the whole log was there: ahead of the log that is left.
  void restore_other_files() {
    for (const auto& file : fs::directory_iterator(original_)) {
      if (file.path().extension() == kLogSuffix) continue;
      fs::copy(file.path(), fs::path(bench_.log_directory()) / file.path().filename(),
               fs::copy_options::overwrite_existing);
    }
  }
  // What lies behind the cut; its first byte is never the one that was there.
  base::Bytes debris(std::int64_t cut, const Prefix& prefix) {
    base::Bytes bytes(random_.between(1, 300), 0);
    auto lost = static_cast<std::size_t>(cut) < whole_.size()
                    ? static_cast<std::uint8_t>(whole_[static_cast<std::size_t>(cut)])
                    : std::uint8_t{0};
    switch (cut % 4) {
      case 0:
        return {};
      case 1:
        if (lost == 0) bytes.front() = 0x55;
        return bytes;
      case 2:
        random_.fill(bytes);
        bytes.front() = static_cast<std::uint8_t>(lost ^ 0x21);
        return bytes;
      default:
        return wrong_bytes(cut, cut - prefix.size_bytes);
    }
  }
  // Where a batch may begin, whole batches that were there before, of lower offsets. Inside of one,
  // the true bytes but for one that its checksum covers.
  base::Bytes wrong_bytes(std::int64_t cut, std::int64_t within_batch) {
    constexpr std::int64_t kChecksummedFrom = 16;
    if (within_batch == 0 && cut > 2000) return bytes_from(0, 2000);
    if (within_batch < kChecksummedFrom) return {};
    base::Bytes bytes = bytes_from(cut, 4000);
    if (!bytes.empty()) bytes.front() ^= 0x10;
    return bytes;
  }
  base::Bytes bytes_from(std::int64_t position, std::size_t size) const {
    base::ByteView view = base::as_bytes(whole_).subspan(static_cast<std::size_t>(position));
    view = view.first(std::min(size, view.size()));
    return {view.begin(), view.end()};
  }
  // Only what the last load cut off is written again.
  void cut_at(std::int64_t cut, std::int64_t valid_bytes, const Prefix& prefix) {
    std::int64_t from = std::min(valid_bytes, cut);
    base::Bytes tail = bytes_from(from, static_cast<std::size_t>(cut - from));
    base::Bytes behind = debris(cut, prefix);
    tail.insert(tail.end(), behind.begin(), behind.end());
    ASSERT_TRUE(log_file_.truncate(from).ok());
    ASSERT_TRUE(log_file_.write_at(tail, from).ok());
    if (cut % 32 == 0) restore_other_files();
  }

  void expect_prefix(std::int64_t cut, const Prefix& prefix) {
    auto log = bench_.load({.recovery_point = recovery_point_});
    ASSERT_EQ(log->log_end_offset(), prefix.end) << cut;
    ASSERT_EQ(log->size_bytes(), prefix.size_bytes) << cut;
    ASSERT_EQ(static_cast<std::int64_t>(fs::file_size(log_path())), prefix.size_bytes) << cut;
    ASSERT_EQ(facts_of(log->producers()), prefix.producers) << cut;
    ASSERT_EQ(log->epochs().entries(), prefix.epochs) << cut;
    auto aborted = log->segments().last()->transaction_index().entries();
    ASSERT_TRUE(aborted.ok());
    ASSERT_EQ(aborted->size(), prefix.aborted) << cut;
    if (cut % 256 != 0) return;
    expect_true_indexes(*log);
    std::string served;
    for (const base::Bytes& batch : read_all(*log, 0)) served.append(batch.begin(), batch.end());
    ASSERT_EQ(served, whole_.substr(0, served.size())) << cut;
    ASSERT_EQ(static_cast<std::int64_t>(served.size()), prefix.size_bytes) << cut;
  }

  testing::QuietLog quiet_;
  base::Random random_{11};
  LogBench bench_{64, testing::TemporaryDirectory::in_memory()};
  const std::string original_ = bench_.directory.file("original");
  std::map<std::int64_t, std::int32_t> sequences_;
  std::string whole_;
  std::vector<Prefix> prefixes_;  // by the number of batches
  base::File log_file_;
  protocol::Offset recovery_point_ = 0;
};

TEST_F(LogCuts, ServesTheLongestValidPrefixWhereverTheLogIsCut) {
  const char* step = std::getenv("LOG_CUT_STEP");
  std::int64_t step_bytes = step != nullptr ? std::strtoll(step, nullptr, 10) : 5;
  int cuts = 0;
  auto prefix = prefixes_.rbegin();
  auto valid_bytes = static_cast<std::int64_t>(whole_.size());
  for (auto cut = valid_bytes; cut >= 0 && !HasFailure(); cut -= step_bytes, ++cuts) {
    while (prefix->size_bytes > cut) ++prefix;
    // Recovery starts at the flushed part, as after a crash, or, now and then, at the beginning.
    auto flushed = prefixes_.rend() - prefix - 1 > 4 ? std::next(prefix, 4) : prefixes_.rend() - 1;
    recovery_point_ = cut % 16 == 0 ? 0 : flushed->end;
    cut_at(cut, valid_bytes, *prefix);
    expect_prefix(cut, *prefix);
    valid_bytes = prefix->size_bytes;
  }
  EXPECT_GE(cuts, 10'000);
}

}  // namespace
}  // namespace odradek::log
