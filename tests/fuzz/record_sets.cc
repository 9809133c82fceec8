#include "tests/fuzz/record_sets.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "base/endian.h"
#include "base/log.h"
#include "protocol/record/batch_builder.h"
#include "protocol/record/compression/compress.h"
#include "protocol/record/decompressed_stream.h"
#include "protocol/record/legacy.h"

namespace odradek::fuzz {
namespace {

namespace layout = protocol::batch_layout;
using protocol::CompressionType;

constexpr std::array kCodecs{CompressionType::kNone, CompressionType::kGzip,
                             CompressionType::kSnappy, CompressionType::kLz4,
                             CompressionType::kZstd};
enum Way : std::uint8_t { kAsIs, kChecksummed, kModernBatch, kWrapper, kWays };

// The attributes and what follows them in the header.
constexpr std::size_t kModernHeaderBytes = layout::kBatchOverhead - layout::kAttributes;
// The offset and the timestamp.
constexpr std::size_t kWrapperHeaderBytes = 16;

void append(base::Bytes& out, base::ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// Of the length field and the checksum.
void seal(base::Bytes& entry) {
  base::store_big_endian(entry.data() + layout::kLength,
                         static_cast<std::int32_t>(entry.size() - layout::kLogOverhead));
  protocol::MutableBatch(entry).update_crc();
}

base::Bytes modern_batch(CompressionType codec, base::ByteView input) {
  base::Bytes batch(layout::kBatchOverhead);
  batch[layout::kMagic] = 2;
  std::size_t header = std::min(input.size(), kModernHeaderBytes);
  std::copy_n(input.begin(), header, batch.begin() + layout::kAttributes);
  std::uint8_t& flags = batch[layout::kAttributes + 1];
  flags = static_cast<std::uint8_t>((flags & ~layout::kCodecMask) | static_cast<int>(codec));
  base::Status compressed =
      protocol::compress(codec, protocol::kDefaultCompressionLevel, input.subspan(header), batch);
  CHECK(compressed.ok()) << compressed.error().message;
  seal(batch);
  return batch;
}

base::Bytes wrapper(std::int8_t magic, CompressionType codec, base::ByteView input) {
  std::array<std::uint8_t, kWrapperHeaderBytes> header{};
  std::size_t given = std::min(input.size(), header.size());
  std::copy_n(input.begin(), given, header.begin());
  base::Bytes inner(input.begin() + static_cast<std::ptrdiff_t>(given), input.end());
  correct_checksums(inner);
  base::Bytes entry(header.begin(), header.begin() + 8);
  entry.resize(layout::kMagic);
  entry.push_back(static_cast<std::uint8_t>(magic));
  entry.push_back(static_cast<std::uint8_t>(codec));
  if (magic == 1) append(entry, base::ByteView(header).subspan(8));
  append(entry, std::array<std::uint8_t, 8>{0xff, 0xff, 0xff, 0xff});  // no key
  std::size_t value = entry.size();
  base::Status compressed =
      protocol::compress(codec, protocol::kDefaultCompressionLevel, inner, entry, magic == 0);
  CHECK(compressed.ok()) << compressed.error().message;
  base::store_big_endian(entry.data() + value - 4, static_cast<std::int32_t>(entry.size() - value));
  seal(entry);
  return entry;
}

base::Bytes built_batch(CompressionType codec, base::Random& random) {
  protocol::BatchOptions options{.codec = codec};
  if (random.one_in(2)) {
    options.producer_id = 1000;
    options.producer_epoch = 3;
    options.base_sequence = 17;
    options.transactional = random.one_in(2);
  }
  protocol::BatchBuilder builder(options);
  for (std::uint64_t left = random.below(4) + 1; left > 0; --left) {
    std::string text(random.below(30), 'v');
    protocol::RecordHeader header{.key = "h", .value = base::as_bytes("x")};
    builder.append(1700000000000 + random.between(-5, 5), base::as_bytes("key"),
                   base::as_bytes(text), {&header, random.below(2)});
  }
  return *builder.build();
}

base::Bytes built_set(std::int8_t magic, CompressionType codec) {
  protocol::LegacySetBuilder builder({.magic = magic, .codec = codec});
  for (int i = 0; i < 3; ++i) {
    builder.append(i, 1700000000000 + i, base::as_bytes("key"), base::as_bytes("value"));
  }
  return *builder.build();
}

// An input whose options are these bytes.
base::Bytes seed(std::initializer_list<std::uint8_t> options, base::ByteView rest) {
  base::Bytes bytes(options);
  append(bytes, rest);
  return bytes;
}

}  // namespace

void correct_checksums(base::MutableBytes set) {
  protocol::BatchReader reader(set);
  while (true) {
    std::size_t begin = reader.position();
    auto entry = reader.next();
    if (!entry || !*entry) return;
    protocol::MutableBatch(set.subspan(begin)).update_crc();
  }
}

base::Bytes record_set(Choices& choices) {
  auto way = static_cast<Way>(choices.below(kWays));
  CompressionType codec = choices.one_of<CompressionType>(kCodecs);
  auto magic = static_cast<std::int8_t>(choices.below(2));
  switch (way) {
    case kModernBatch:
      return modern_batch(codec, choices.rest());
    case kWrapper:
      return wrapper(magic, codec, choices.rest());
    case kAsIs:
    case kChecksummed:
    case kWays:
      break;
  }
  base::Bytes set = choices.copy_of_rest();
  if (way == kChecksummed) correct_checksums(set);
  return set;
}

std::vector<base::Bytes> record_set_seeds(base::Random& random) {
  std::vector<base::Bytes> seeds;
  for (std::uint8_t i = 0; i < kCodecs.size(); ++i) {
    CompressionType codec = kCodecs[i];
    seeds.push_back(seed({kAsIs, 0, 0}, built_batch(codec, random)));
    seeds.push_back(seed({kChecksummed, 0, 0}, built_batch(codec, random)));
    base::Bytes plain = built_batch(CompressionType::kNone, random);
    seeds.push_back(seed({kModernBatch, i, 0}, base::ByteView(plain).subspan(layout::kAttributes)));
    if (codec == CompressionType::kZstd) continue;
    for (std::uint8_t magic : {0, 1}) {
      auto signed_magic = static_cast<std::int8_t>(magic);
      seeds.push_back(seed({kChecksummed, 0, 0}, built_set(signed_magic, codec)));
      base::Bytes header(kWrapperHeaderBytes);
      header[7] = magic == 0 ? 0 : 2;
      append(header, built_set(signed_magic, CompressionType::kNone));
      seeds.push_back(seed({kWrapper, i, magic}, header));
    }
  }
  return seeds;
}

bool expands_to_little(base::ByteView set) {
  protocol::BatchReader reader(set);
  std::size_t left = kMaxWalkedBytes;
  while (true) {
    auto batch = reader.next();
    if (!batch || !*batch) return true;
    std::optional<CompressionType> codec = (*batch)->codec();
    if (!codec || *codec == CompressionType::kNone) continue;
    base::ByteView payload;
    if ((*batch)->is_legacy()) {
      auto message =
          protocol::LegacyMessage::parse((*batch)->bytes().subspan(layout::kLogOverhead));
      if (!message || !message->value()) continue;
      payload = *message->value();
    } else {
      payload = (*batch)->payload();
    }
    protocol::DecompressedStream stream(*codec, payload, (*batch)->magic() == 0);
    while (!stream.at_end()) {
      std::size_t size = stream.view().size();
      if (size > left) return false;
      left -= size;
      stream.consume(size);
    }
  }
}

}  // namespace odradek::fuzz
