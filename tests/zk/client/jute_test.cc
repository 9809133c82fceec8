#include "zk/client/jute.h"

#include <gtest/gtest.h>

namespace odradek::zk {
namespace {

TEST(Jute, ReadsWhatItWrote) {
  JuteWriter writer;
  writer.int32(-7);
  writer.int64(1'000'000'000'000);
  writer.boolean(true);
  writer.string("/a");
  writer.int32(-1);
  const std::string frame = writer.frame();
  JuteReader reader(frame);
  EXPECT_EQ(reader.int32(), static_cast<std::int32_t>(frame.size()) - 4);
  EXPECT_EQ(reader.int32(), -7);
  EXPECT_EQ(reader.int64(), 1'000'000'000'000);
  EXPECT_TRUE(reader.boolean());
  EXPECT_EQ(reader.buffer(), "/a");
  EXPECT_EQ(reader.buffer(), std::nullopt) << "null data";
  EXPECT_FALSE(reader.failed());
  EXPECT_EQ(reader.int32(), 0);
  EXPECT_TRUE(reader.failed());
}

TEST(Jute, ALengthThatIsALieIsNotBelieved) {
  for (std::int32_t size : {5, 1 << 30, -2}) {
    JuteWriter writer;
    writer.int32(size);
    writer.int32(0);
    const std::string bytes = writer.frame().substr(4);
    JuteReader reader(bytes);
    EXPECT_EQ(reader.buffer().value_or(""), "");
    EXPECT_TRUE(reader.failed()) << size;
  }
}

}  // namespace
}  // namespace odradek::zk
