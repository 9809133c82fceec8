#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "tests/server/network/server_fixture.h"
#include "tests/support/temporary_directory.h"

namespace odradek::network {
namespace {

// Answers that hold ranges of files, in the clear and under TLS.
class FileAnswer : public ServerFixture, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    content_.resize(3'000'000);
    for (std::size_t i = 0; i < content_.size(); ++i) {
      content_[i] = static_cast<char>((i * 2654435761U) >> 13);
    }
    auto file = base::File::open(path_, base::File::Mode::kCreate);
    ASSERT_TRUE(file) << file.error().message;
    ASSERT_TRUE(file->write_at(base::as_bytes(content_), 0));
    file_ = std::make_shared<base::File>(std::move(*file));
    handler_.is_inline = true;
    add_tls_listener();
  }

  TestClient connect() {
    TestClient client(port(GetParam() ? "SSL" : "PLAINTEXT"));
    const bool is_ready = !GetParam() || client.start_tls(client_context_.get());
    EXPECT_TRUE(is_ready);
    return client;
  }
  protocol::FileSlice slice(std::size_t from, std::size_t size) const {
    return {file_, static_cast<std::int64_t>(from), static_cast<std::int64_t>(size)};
  }
  // The answer of a request whose parts are: its head, then for each size the word and the slice.
  protocol::Payload answer(const Request& request, const std::vector<std::size_t>& sizes) {
    std::size_t total = 4;
    for (std::size_t size : sizes) total += 5 + size;
    protocol::Payload payload(base::to_bytes(big_endian32(static_cast<std::int32_t>(total)) +
                                             big_endian32(request.header().correlation_id)));
    for (std::size_t size : sizes) {
      payload.append(base::to_bytes("slice"));
      payload.append(slice(size % 1000, size));
    }
    return payload;
  }
  std::string expected(std::int32_t correlation_id, const std::vector<std::size_t>& sizes) const {
    std::string all = big_endian32(correlation_id);
    for (std::size_t size : sizes) all += "slice" + content_.substr(size % 1000, size);
    return all;
  }

  testing::TemporaryDirectory directory_;
  const std::string path_ = directory_.path() + "/segment.log";
  std::string content_;
  std::shared_ptr<base::File> file_;
};
INSTANTIATE_TEST_SUITE_P(PlainAndTls, FileAnswer, ::testing::Bool());

TEST_P(FileAnswer, MixesMemoryAndFileRangesOfAllSizes) {
  const std::vector<std::size_t> sizes = {1,       100,    32'767,    32'768, 5,     262'144,
                                          300'001, 16'384, 2'900'000, 20'000, 31'000};
  handler_.on_request = [&](std::unique_ptr<Request> request) {
    request->respond(answer(*request, sizes));
  };
  start();
  TestClient client = connect();
  ASSERT_TRUE(client.send(request_frame(1, "") + request_frame(2, "") + request_frame(3, "")));
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(client.receive_frame() == expected(i, sizes)) << i;
}

TEST_P(FileAnswer, SendsManySmallRanges) {
  const std::vector<std::size_t> sizes(400, 3'000);
  handler_.on_request = [&](std::unique_ptr<Request> request) {
    request->respond(answer(*request, sizes));
  };
  start();
  TestClient client = connect();
  ASSERT_TRUE(client.send(request_frame(1, "")));
  EXPECT_TRUE(client.receive_frame() == expected(1, sizes));
}

// Pieces of growing sizes out of `content`, of which it never holds more than one.
class Pieces : public protocol::ByteSource {
 public:
  Pieces(std::string content, std::size_t ends_at) : content_(std::move(content)), end_(ends_at) {}

  base::Result<base::ByteView> peek() override {
    if (left_ == 0) {
      size_ = size_ * 3 % 100'003 + 1;
      left_ = std::min(size_, end_ - at_);
      ++made_;
    }
    if (left_ == 0 && fails_) return base::Error("the disk is gone");
    return base::as_bytes(content_).subspan(at_, left_);
  }
  void consume(std::size_t size_bytes) override {
    ASSERT_LE(size_bytes, left_);
    at_ += size_bytes;
    left_ -= size_bytes;
  }
  void set_fails() { fails_ = true; }
  int made() const { return made_; }

 private:
  const std::string content_;
  const std::size_t end_;
  std::size_t at_ = 0;
  std::size_t size_ = 1;
  std::size_t left_ = 0;
  std::atomic<int> made_ = 0;
  bool fails_ = false;
};

TEST_P(FileAnswer, SendsBytesThatAreMadeOnTheWay) {
  const std::vector<std::size_t> sizes = {1, 100, 2'900'000, 7, 300'000};
  handler_.on_request = [&](std::unique_ptr<Request> request) {
    std::size_t total = 4;
    for (std::size_t size : sizes) total += 5 + size;
    protocol::Payload payload(base::to_bytes(big_endian32(static_cast<std::int32_t>(total)) +
                                             big_endian32(request->header().correlation_id)));
    for (std::size_t size : sizes) {
      payload.append(base::to_bytes("slice"));
      const std::string content = content_.substr(size % 1000, size);
      payload.append(
          protocol::GeneratedBytes{std::make_shared<Pieces>(content, content.size()), size});
    }
    request->respond(std::move(payload));
  };
  start();
  TestClient client = connect();
  ASSERT_TRUE(client.send(request_frame(1, "") + request_frame(2, "")));
  for (int i = 1; i <= 2; ++i) EXPECT_TRUE(client.receive_frame() == expected(i, sizes)) << i;
}

TEST_P(FileAnswer, MakesNoPieceAheadOfAReaderWhoDoesNotRead) {
  constexpr std::size_t kSize = 64'000'000;
  auto pieces = std::make_shared<Pieces>(std::string(kSize, 'x'), kSize);
  options_.listeners.front().network_threads = 1;
  handler_.on_request = [&](std::unique_ptr<Request> request) {
    if (!request->body().empty()) return echo(std::move(request));
    protocol::Payload payload(base::to_bytes(big_endian32(kSize)));
    payload.append(protocol::GeneratedBytes{pieces, kSize});
    request->respond(std::move(payload));
  };
  start();
  TestClient client = connect();
  ASSERT_TRUE(client.send(request_frame(1, "")));
  // Another client is served meanwhile, so the thread has come back from the first.
  TestClient other = connect();
  ASSERT_TRUE(other.send(request_frame(2, "two")));
  EXPECT_TRUE(other.receive_frame() == echo_of(2, "two"));
  const int made = pieces->made();
  EXPECT_LT(made, 640);
  EXPECT_TRUE(client.receive_frame() == std::string(kSize, 'x'));
  EXPECT_GT(pieces->made(), made);
}

TEST_P(FileAnswer, ClosesWhenTheSourceFailsOrEnds) {
  for (bool fails : {true, false}) {
    handler_.on_request = [&](std::unique_ptr<Request> request) {
      protocol::Payload payload(base::to_bytes(big_endian32(500'000)));
      auto pieces = std::make_shared<Pieces>(content_, 400'000);
      if (fails) pieces->set_fails();
      payload.append(protocol::GeneratedBytes{std::move(pieces), 500'000});
      request->respond(std::move(payload));
    };
    start();
    TestClient client = connect();
    ASSERT_TRUE(client.send(request_frame(1, "")));
    EXPECT_EQ(client.receive_frame(), std::nullopt);
    stop();
  }
}

TEST_P(FileAnswer, ClosesWhenTheFileIsShorterThanPromised) {
  for (std::size_t size : {1'000u, 500'000u}) {
    handler_.on_request = [&](std::unique_ptr<Request> request) {
      protocol::Payload payload(base::to_bytes(big_endian32(static_cast<std::int32_t>(size))));
      payload.append(slice(content_.size() - 100, size));
      request->respond(std::move(payload));
    };
    start();
    TestClient client = connect();
    ASSERT_TRUE(client.send(request_frame(1, "")));
    EXPECT_EQ(client.receive_frame(), std::nullopt);
    stop();
  }
}

}  // namespace
}  // namespace odradek::network
