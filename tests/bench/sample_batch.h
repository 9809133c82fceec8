// Batches like those that producers of small JSON records send.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/log.h"
#include "protocol/record/batch_builder.h"

namespace odradek::bench {

constexpr std::int64_t kSampleTime = 1'700'000'000'000;

// About 110 bytes, which compress to a quarter.
inline std::string sample_value(int i) {
  std::uint32_t noise = static_cast<std::uint32_t>(i) * 2'654'435'761U;
  return R"({"sensor":"temperature-)" + std::to_string(noise % 97) + R"(","site":"hall )" +
         std::to_string(noise % 13) + R"(","sequence":)" + std::to_string(i) + R"(,"celsius":)" +
         std::to_string(noise % 40'000) + R"(,"battery_percent":)" + std::to_string(noise % 101) +
         R"(,"ok":true})";
}

inline base::Bytes sample_batch(int records, protocol::CompressionType codec) {
  protocol::BatchBuilder builder({.codec = codec});
  for (int i = 0; i < records; ++i) {
    std::string key = "key-" + std::to_string(i % 1'000);
    builder.append(kSampleTime + i, base::as_bytes(key), base::as_bytes(sample_value(i)));
  }
  auto built = builder.build();
  CHECK(built.ok()) << built.error().message;
  return std::move(*built);
}

}  // namespace odradek::bench
