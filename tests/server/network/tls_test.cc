#include <gtest/gtest.h>

#include "base/thread.h"
#include "tests/server/network/server_fixture.h"

namespace odradek::network {
namespace {

class TlsServerTest : public ServerFixture {
 protected:
  // Handshake done, or the test fails.
  TestClient connect() {
    TestClient client(port("SSL"));
    EXPECT_TRUE(client.start_tls(client_context_.get()));
    return client;
  }
};

TEST_F(TlsServerTest, AnswersPipelinedRequestsInOrder) {
  for (bool is_inline : {false, true}) {
    handler_.is_inline = is_inline;
    options_.listeners.resize(1);
    add_tls_listener();
    start();
    TestClient client = connect();
    std::string burst;
    for (int i = 0; i < 300; ++i) burst += request_frame(i, std::to_string(i));
    ASSERT_TRUE(client.send(burst));
    for (int i = 0; i < 300; ++i) ASSERT_EQ(client.receive_frame(), echo_of(i, std::to_string(i)));
    stop();
  }
}

TEST_F(TlsServerTest, CarriesBigFramesBothWays) {
  handler_.is_inline = true;
  add_tls_listener();
  start();
  TestClient client = connect();
  for (std::size_t size : {16'000u, 300'000u, 6'000'000u}) {
    std::string body(size, 'x');
    for (std::size_t i = 0; i < size; i += 100) body[i] = static_cast<char>('a' + i / 100 % 26);
    ASSERT_TRUE(client.send(request_frame(1, body)));
    EXPECT_TRUE(client.receive_frame() == echo_of(1, body)) << size;
  }
}

TEST_F(TlsServerTest, HoldsBackAClientThatNeverReads) {
  handler_.is_inline = true;
  const std::string big(300'000, 'y');
  std::atomic<int> handled{0};
  handler_.on_request = [&](std::unique_ptr<Request> request) {
    ++handled;
    request->respond(answer_with(*request, big));
  };
  add_tls_listener();
  start();
  TestClient slow(port("SSL"), 4096);
  ASSERT_TRUE(slow.start_tls(client_context_.get()));
  std::string burst;
  for (int i = 0; i < 50; ++i) burst += request_frame(i, "");
  ASSERT_TRUE(slow.send(burst));
  TestClient other = connect();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(other.send(request_frame(i, "")));
    ASSERT_TRUE(other.receive_frame().has_value());
  }
  EXPECT_LT(handled, 5 + 15);
  for (int i = 0; i < 50; ++i) ASSERT_EQ(slow.receive_frame()->substr(0, 4), big_endian32(i));
}

TEST_F(TlsServerTest, KnowsThePeerByItsCertificate) {
  const Identity peer = make_identity("Kafka, Inc.", "client-1");
  handler_.on_request = [](std::unique_ptr<Request> request) {
    request->respond(answer_with(*request, *request->context()->principal()));
  };
  add_tls_listener(&peer);
  start();
  SslContext with_certificate = make_context(TLS_client_method(), &peer, &identity_);
  TestClient client(port("SSL"));
  ASSERT_TRUE(client.start_tls(with_certificate.get()));
  ASSERT_TRUE(client.send(request_frame(1, "")));
  EXPECT_EQ(client.receive_frame(), echo_of(1, "User:CN=client-1,O=Kafka\\, Inc."));
  // Without one the handshake fails, under TLS 1.3 only after the client thinks it is over.
  TestClient stranger(port("SSL"));
  EXPECT_TRUE(!stranger.start_tls(client_context_.get()) || stranger.is_closed_by_server());
  EXPECT_TRUE(becomes_true([&] { return server_->metrics().handshakes_failed.count() == 1; }));
}

TEST_F(TlsServerTest, SendsAwayAPeerWhoIsNobodyHere) {
  add_tls_listener();
  options_.listeners.back().tls.principal = [](ssl_st*) -> base::Result<std::string> {
    return base::Error("no rule applies");
  };
  start();
  TestClient client(port("SSL"));
  EXPECT_TRUE(!client.start_tls(client_context_.get()) || client.is_closed_by_server());
  EXPECT_TRUE(becomes_true([&] { return server_->metrics().handshakes_failed.count() == 1; }));
  EXPECT_EQ(server_->metrics().handshakes_done.count(), 0);
}

TEST_F(TlsServerTest, IsAnonymousWithoutACertificate) {
  handler_.on_request = [](std::unique_ptr<Request> request) {
    request->respond(answer_with(*request, *request->context()->principal()));
  };
  add_tls_listener();
  start();
  TestClient client = connect();
  ASSERT_TRUE(client.send(request_frame(1, "")));
  EXPECT_EQ(client.receive_frame(), echo_of(1, "User:ANONYMOUS"));
}

TEST_F(TlsServerTest, ResumesSessionsByTicket) {
  add_tls_listener();
  start();
  std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session(nullptr, &SSL_SESSION_free);
  {
    TestClient client = connect();
    ASSERT_TRUE(client.send(request_frame(1, "x")));
    ASSERT_TRUE(client.receive_frame().has_value());  // the ticket has come before it
    session.reset(SSL_get1_session(client.ssl()));
    SSL_shutdown(client.ssl());  // a session that ends without good-bye is not resumed
  }
  TestClient client(port("SSL"));
  ASSERT_TRUE(client.start_tls(client_context_.get(), session.get()));
  EXPECT_TRUE(SSL_session_reused(client.ssl()));
}

TEST_F(TlsServerTest, RecognisesKafkaAndHttpWithoutTls) {
  add_tls_listener();
  start();
  for (const std::string& first : {request_frame(1, "plain"), std::string("GET / HTTP/1.1\r\n\r\n"),
                                   std::string("\xff\xfe\xfd")}) {
    TestClient client(port("SSL"));
    ASSERT_TRUE(client.send(first));
    EXPECT_TRUE(client.is_closed_by_server());
  }
  EXPECT_EQ(server_->metrics().handshakes_failed.count(), 3);
}

TEST_F(TlsServerTest, GivesUpOnAHandshakeThatNeverComes) {
  options_.handshake_timeout_ms = 50;
  add_tls_listener();
  start();
  TestClient silent(port("SSL"));
  EXPECT_TRUE(silent.is_closed_by_server());
  TestClient halfway(port("SSL"));
  ASSERT_TRUE(halfway.send(std::string("\x16\x03\x01\x02\x00\x01", 6)));
  EXPECT_TRUE(halfway.is_closed_by_server());
}

TEST_F(TlsServerTest, RefusesConnectionsWhileThereIsNoCertificate) {
  add_tls_listener();
  server_context_ = nullptr;
  start();
  TestClient client(port("SSL"));
  EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_TRUE(becomes_true([&] { return server_->connections() == 0; }));
}

TEST_F(TlsServerTest, ShakesManyHandsAtOnce) {
  add_tls_listener();
  start();
  std::vector<base::Thread> threads;
  std::atomic<int> answered{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back("client-" + std::to_string(t), [&] {
      for (int i = 0; i < 15; ++i) {
        TestClient client(port("SSL"));
        if (!client.start_tls(client_context_.get())) continue;
        if (client.send(request_frame(i, "hi")) && client.receive_frame() == echo_of(i, "hi")) {
          ++answered;
        }
      }
    });
  }
  for (base::Thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 60);
}

}  // namespace
}  // namespace odradek::network
