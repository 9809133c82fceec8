#include <array>
#include <string>

#include "base/crc32c.h"
#include "base/endian.h"
#include "base/file.h"
#include "base/log.h"
#include "server/log/checkpoint_file.h"
#include "server/log/clean_shutdown_file.h"
#include "server/log/epoch_cache.h"
#include "server/log/offset_index.h"
#include "server/log/partition_metadata.h"
#include "server/log/producer_snapshot.h"
#include "server/log/time_index.h"
#include "tests/fuzz/choices.h"
#include "tests/fuzz/targets.h"
#include "tests/support/temporary_directory.h"

namespace odradek::fuzz {
namespace {

using testing::TemporaryDirectory;

void write(const std::string& path, base::ByteView bytes) {
  auto file = base::File::open(path, base::File::Mode::kTruncate);
  CHECK(file.ok()) << file.error().message;
  base::Status written = file->write_at(bytes, 0);
  CHECK(written.ok()) << written.error().message;
}

void check_checkpoint(const TemporaryDirectory& directory, base::ByteView content) {
  std::string path = directory.file("checkpoint");
  write(path, content);
  auto offsets = log::read_offset_checkpoint(path);
  if (!offsets) {
    CHECK(!offsets.error().message.empty());
    return;
  }
  CHECK(log::write_offset_checkpoint(path, *offsets).ok());
  auto again = log::read_offset_checkpoint(path);
  CHECK(again.ok()) << again.error().message;
  CHECK(*again == *offsets);
}

void check_epochs(const TemporaryDirectory& directory, base::ByteView content) {
  std::string path = directory.file(log::kLeaderEpochCheckpoint);
  write(path, content);
  log::EpochCache epochs(path);
  if (!epochs.load().ok()) return;
  std::vector<log::EpochEntry> entries = epochs.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    CHECK(entries[i].epoch >= 0 && entries[i].start_offset >= 0);
    if (i == 0) continue;
    CHECK_GT(entries[i].epoch, entries[i - 1].epoch);
    CHECK_GT(entries[i].start_offset, entries[i - 1].start_offset);
    CHECK_EQ(epochs.epoch_for_offset(entries[i].start_offset).value_or(-1), entries[i].epoch);
  }
  CHECK(epochs.write().ok());
  log::EpochCache again(path);
  CHECK(again.load().ok());
  CHECK(again.entries() == entries);
  CHECK(epochs.truncate_from_end(3).ok() && epochs.truncate_from_start(2).ok());
  epochs.end_offset_for(2, 10);
}

void check_metadata(const TemporaryDirectory& directory, base::ByteView content) {
  write(directory.file(log::kPartitionMetadataFile), content);
  auto id = log::read_partition_metadata(directory.path());
  if (!id || !*id) return;
  CHECK(log::write_partition_metadata(directory.path(), **id).ok());
  auto again = log::read_partition_metadata(directory.path());
  CHECK(again.ok() && *again == *id);
}

void check_clean_shutdown(const TemporaryDirectory& directory, base::ByteView content) {
  write(directory.file(log::kCleanShutdownFile), content);
  CHECK(log::clean_shutdown_file_exists(directory.path()));
  auto epoch = log::read_clean_shutdown_broker_epoch(directory.path());
  if (!epoch) return;
  CHECK(log::write_clean_shutdown_file(directory.path(), *epoch).ok());
  CHECK(log::read_clean_shutdown_broker_epoch(directory.path()) == epoch);
}

// With its checksum put right, which mutations would not manage.
void check_snapshot(const TemporaryDirectory& directory, base::ByteView content) {
  base::Bytes bytes(content.begin(), content.end());
  if (bytes.size() >= 6) {
    base::store_big_endian(bytes.data() + 2, base::crc32c(base::ByteView(bytes).subspan(6)));
  }
  std::string path = directory.file("00000000000000000005.snapshot");
  write(path, bytes);
  auto entries = log::read_producer_snapshot(path);
  if (!entries) return;
  CHECK(log::write_producer_snapshot(path, *entries).ok());
  auto again = log::read_producer_snapshot(path);
  CHECK(again.ok()) << again.error().message;
  CHECK_EQ(again->size(), entries->size());
  log::ProducerStates states;
  states.load(*entries);
  CHECK_LE(states.size(), entries->size());
  states.first_unstable_offset();
  states.on_high_watermark(3);
  states.remove_expired(1, 1);
}

void check_offset_index(const TemporaryDirectory& directory, base::ByteView content) {
  constexpr std::int64_t kLogBytes = 100'000;
  std::string path = directory.file("00000000000000000100.index");
  write(path, content);
  log::FileCache files(8);
  log::OffsetIndex index(files, path, 100);
  auto sane = index.sane(kLogBytes);
  index.last().ok();
  auto found = index.lookup(150);
  if (!sane || !*sane) return;
  CHECK(found.ok()) << found.error().message;
  CHECK_GE(found->position, 0);
  CHECK(index.truncate_to(120).ok());
  CHECK(index.append(140, 50'000).ok());
}

void check_time_index(const TemporaryDirectory& directory, base::ByteView content) {
  std::string path = directory.file("00000000000000000100.timeindex");
  write(path, content);
  log::FileCache files(8);
  log::TimeIndex index(files, path, 100);
  auto sane = index.sane();
  index.last().ok();
  auto found = index.lookup(1000);
  if (!sane || !*sane) return;
  CHECK(found.ok()) << found.error().message;
  CHECK(index.truncate_to(120).ok());
  CHECK(index.append(5000, 140).ok());
}

using Check = void (*)(const TemporaryDirectory&, base::ByteView);
constexpr std::array<Check, 7> kChecks{check_checkpoint,     check_epochs,   check_metadata,
                                       check_clean_shutdown, check_snapshot, check_offset_index,
                                       check_time_index};

void run(base::ByteView input) {
  static const TemporaryDirectory kDirectory;
  Choices choices(input);
  Check check = kChecks[choices.below(kChecks.size())];
  check(kDirectory, choices.rest());
}

base::Bytes seed(std::uint8_t check, base::ByteView content) {
  base::Bytes bytes{check};
  bytes.insert(bytes.end(), content.begin(), content.end());
  return bytes;
}

base::Bytes seed(std::uint8_t check, std::string_view content) {
  return seed(check, base::as_bytes(content));
}

base::Bytes read(const std::string& path) {
  auto text = base::read_whole_file(path, 1 << 20);
  CHECK(text.ok()) << text.error().message;
  return base::to_bytes(*text);
}

std::vector<base::Bytes> seeds(base::Random&) {
  TemporaryDirectory directory;
  std::string path = directory.file("snapshot");
  log::ProducerEntry producer{.producer_id = 7, .producer_epoch = 1, .coordinator_epoch = 2};
  producer.last_timestamp_ms = 1700000000000;
  producer.transaction_first_offset = 3;
  producer.batches.push_back({.last_sequence = 5, .last_offset = 4, .offset_delta = 1});
  CHECK(log::write_producer_snapshot(path, {producer, producer}).ok());
  base::Bytes offset_index;
  base::Bytes time_index;
  for (std::uint8_t i = 1; i < 6; ++i) {
    offset_index.insert(offset_index.end(),
                        {0, 0, 0, static_cast<std::uint8_t>(i * 10), 0, 0, i, 0});
    time_index.insert(time_index.end(),
                      {0, 0, 0, 0, 0, 0, i, 0, 0, 0, 0, static_cast<std::uint8_t>(i * 10)});
  }
  return {seed(0, "0\n2\ntopic-a 0 5\ntopic b 1 77\n"),
          seed(1, "0\n3\n0 0\n2 5\n7 9\n"),
          seed(2, "version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ"),
          seed(3, "{\"version\":0,\"brokerEpoch\":17}"),
          seed(4, read(path)),
          seed(5, offset_index),
          seed(6, time_index)};
}

}  // namespace

const Target files_target{"files", run, seeds};

}  // namespace odradek::fuzz
