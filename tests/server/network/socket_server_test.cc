#include "server/network/socket_server.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/thread.h"
#include "server/network/frame_reader.h"
#include "tests/server/network/server_fixture.h"

namespace odradek::network {
namespace {

class SocketServerTest : public ServerFixture {};

// The client's view is the same whether requests run inline or on handler threads.
class InlineOrNot : public ServerFixture, public ::testing::WithParamInterface<bool> {
 protected:
  InlineOrNot() { handler_.is_inline = GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(SocketServer, InlineOrNot, ::testing::Bool());

TEST_P(InlineOrNot, AnswersPipelinedRequestsInOrder) {
  start();
  TestClient client(port());
  std::string burst;
  for (int i = 0; i < 500; ++i) burst += request_frame(i, "request " + std::to_string(i));
  ASSERT_TRUE(client.send(burst));
  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(client.receive_frame(), echo_of(i, "request " + std::to_string(i)));
  }
  EXPECT_EQ(server_->metrics().requests.count(), 500);
  EXPECT_EQ(server_->metrics().requests_inline.count(), GetParam() ? 500 : 0);
}

TEST_P(InlineOrNot, TakesFramesThatComeByteByByte) {
  start();
  TestClient client(port());
  for (char byte : request_frame(7, "slow")) ASSERT_TRUE(client.send({&byte, 1}));
  EXPECT_EQ(client.receive_frame(), echo_of(7, "slow"));
}

TEST_P(InlineOrNot, CarriesBigFramesBothWays) {
  start();
  TestClient client(port());
  for (std::size_t size : {100'000u, 1'048'576u, 1'048'577u, 9'000'000u}) {
    std::string body(size, 'x');
    for (std::size_t i = 0; i < size; i += 1000) body[i] = static_cast<char>('a' + i / 1000 % 26);
    base::Thread sender("sender", [&] { EXPECT_TRUE(client.send(request_frame(1, body))); });
    EXPECT_TRUE(client.receive_frame() == echo_of(1, body)) << size;
  }
  EXPECT_TRUE(becomes_true([&] { return server_->memory().used_bytes() == 0; }));
}

TEST_P(InlineOrNot, ServesTwoHundredConnections) {
  start();
  std::vector<TestClient> clients;
  for (int i = 0; i < 200; ++i) clients.emplace_back(port());
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      ASSERT_TRUE(clients[i].send(request_frame(round, std::to_string(i))));
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
      ASSERT_EQ(clients[i].receive_frame(), echo_of(round, std::to_string(i)));
    }
  }
  EXPECT_EQ(server_->connections(), 200u);
  clients.clear();
  EXPECT_TRUE(becomes_true([&] { return server_->connections() == 0; }));
}

TEST_P(InlineOrNot, GoesOnAfterRequestsWithoutAnswer) {
  handler_.on_request = [](std::unique_ptr<Request> request) {
    if (base::as_text(request->body()) == "nothing") return request->respond_nothing();
    echo(std::move(request));
  };
  start();
  TestClient client(port());
  ASSERT_TRUE(client.send(request_frame(1, "nothing") + request_frame(2, "nothing") +
                          request_frame(3, "something")));
  EXPECT_EQ(client.receive_frame(), echo_of(3, "something"));
}

TEST_P(InlineOrNot, ReadsNothingWhileARequestIsUnderWay) {
  Parked parked;
  handler_.on_request = [&](std::unique_ptr<Request> request) { parked.add(std::move(request)); };
  start();
  TestClient client(port());
  ASSERT_TRUE(client.send(request_frame(1, "a") + request_frame(2, "b")));
  std::unique_ptr<Request> first = parked.take();
  ASSERT_NE(first, nullptr);
  EXPECT_FALSE(client.is_readable_within_ms(50));
  EXPECT_EQ(parked.size(), 0u);
  echo(std::move(first));
  EXPECT_EQ(client.receive_frame(), echo_of(1, "a"));
  std::unique_ptr<Request> second = parked.take();
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->header().correlation_id, 2);
  echo(std::move(second));
  EXPECT_EQ(client.receive_frame(), echo_of(2, "b"));
}

TEST_P(InlineOrNot, ClosesWhenTheHandlerSaysSoOrForgets) {
  handler_.on_request = [](std::unique_ptr<Request> request) {
    if (base::as_text(request->body()) == "close") request->close_connection("acks=0 failed");
    // Else it is dropped without an answer.
  };
  start();
  for (const char* body : {"close", "drop"}) {
    TestClient client(port());
    ASSERT_TRUE(client.send(request_frame(1, body)));
    EXPECT_TRUE(client.is_closed_by_server()) << body;
  }
}

TEST_P(InlineOrNot, ThrottlesByReadingLater) {
  handler_.on_request = [](std::unique_ptr<Request> request) {
    request->set_mute_ms(150);
    echo(std::move(request));
  };
  start();
  TestClient client(port());
  const std::int64_t start_ms = base::Clock::system().monotonic_ms();
  ASSERT_TRUE(client.send(request_frame(1, "a") + request_frame(2, "b")));
  EXPECT_EQ(client.receive_frame(), echo_of(1, "a"));
  EXPECT_EQ(client.receive_frame(), echo_of(2, "b"));
  EXPECT_GE(base::Clock::system().monotonic_ms() - start_ms, 150);
}

TEST_P(InlineOrNot, TellsWhenTheAnswerWasSent) {
  std::atomic<std::int64_t> took_ns{-1};
  handler_.on_request = [&](std::unique_ptr<Request> request) {
    request->set_on_sent([&](const AnswerTimes& times) {
      EXPECT_LE(times.answered_ns, times.dequeued_ns);
      EXPECT_LE(times.dequeued_ns, times.sent_ns);
      took_ns = times.sent_ns - times.answered_ns;
    });
    echo(std::move(request));
  };
  start();
  TestClient client(port());
  ASSERT_TRUE(client.send(request_frame(1, "a")));
  EXPECT_EQ(client.receive_frame(), echo_of(1, "a"));
  EXPECT_TRUE(becomes_true([&] { return took_ns >= 0; }));
}

TEST_P(InlineOrNot, AnswersThenClosesForFailedAuthentication) {
  handler_.on_request = [](std::unique_ptr<Request> request) {
    request->respond_then_close(answer_with(*request, "denied"), 60);
  };
  start();
  TestClient client(port());
  const std::int64_t start_ms = base::Clock::system().monotonic_ms();
  ASSERT_TRUE(client.send(request_frame(1, "a")));
  EXPECT_EQ(client.receive_frame(), echo_of(1, "denied"));
  EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_GE(base::Clock::system().monotonic_ms() - start_ms, 60);
}

TEST_F(SocketServerTest, RefusesSizesBelowZeroAndAboveTheLimit) {
  options_.request_max_bytes = 1000;
  start();
  for (std::int32_t size : {-1, -2'000'000'000, 1001, 2'147'483'647}) {
    TestClient client(port());
    ASSERT_TRUE(client.send(big_endian32(size) + "rest"));
    EXPECT_TRUE(client.is_closed_by_server()) << size;
  }
  TestClient client(port());
  ASSERT_TRUE(client.send(request_frame(1, std::string(1000 - 14, 'x'))));
  EXPECT_TRUE(client.receive_frame().has_value());
}

TEST_F(SocketServerTest, TakesMemoryOnlyForBytesThatArrive) {
  start();
  std::vector<TestClient> clients;
  for (int i = 0; i < 50; ++i) {
    clients.emplace_back(port());
    ASSERT_TRUE(clients.back().send(big_endian32(100'000'000) + "a few bytes"));
  }
  ASSERT_TRUE(becomes_true([&] { return server_->metrics().incoming_bytes.count() == 50 * 15; }));
  EXPECT_LE(server_->memory().used_bytes(), 50 * std::int64_t{FrameReader::kFirstBytes});
  clients.clear();
  EXPECT_TRUE(becomes_true([&] { return server_->memory().used_bytes() == 0; }));
}

TEST_F(SocketServerTest, WaitsForMemoryAndGoesOnWhenItIsBack) {
  options_.queued_max_request_bytes = 1000;
  Parked parked;
  handler_.on_request = [&](std::unique_ptr<Request> request) { parked.add(std::move(request)); };
  start();
  TestClient big(port());
  ASSERT_TRUE(big.send(request_frame(1, std::string(1500, 'x'))));
  std::unique_ptr<Request> holder = parked.take();
  ASSERT_NE(holder, nullptr);
  std::vector<TestClient> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back(port());
    ASSERT_TRUE(clients.back().send(request_frame(2, "waits")));
  }
  ASSERT_TRUE(becomes_true([&] { return server_->metrics().muted_for_memory.count() >= 4; }));
  EXPECT_EQ(parked.size(), 0u);
  echo(std::move(holder));
  for (int i = 0; i < 4; ++i) {
    std::unique_ptr<Request> request = parked.take();
    ASSERT_NE(request, nullptr);
    echo(std::move(request));
  }
  for (TestClient& client : clients) EXPECT_EQ(client.receive_frame(), echo_of(2, "waits"));
}

TEST_F(SocketServerTest, ClosesOnHeadersThatDoNotParseAndApisThatAreNotServed) {
  start();
  const std::string frames[] = {
      frame_of(""),                  // nothing at all
      frame_of("ab"),                // half an API key
      request_frame(1, "", 9999),    // no such API
      request_frame(1, "", 0),       // Produce: not accepted by this handler
      request_frame(1, "", 12, 99),  // a version from the future
      request_frame(1, "", 12, -1),
      frame_of(big_endian16(12) + big_endian16(0) + big_endian32(1) + big_endian16(500) + "x"),
  };
  for (const std::string& frame : frames) {
    TestClient client(port());
    ASSERT_TRUE(client.send(frame));
    EXPECT_TRUE(client.is_closed_by_server());
  }
  EXPECT_EQ(server_->metrics().requests_refused.count(), 7);
}

TEST_F(SocketServerTest, PassesAnyVersionOfApiVersionsOn) {
  start();
  TestClient client(port());
  // Flexible header: tagged fields end it.
  ASSERT_TRUE(client.send(request_frame(5, std::string(1, '\0') + "body", 18, 99)));
  EXPECT_EQ(client.receive_frame(), echo_of(5, "body"));
}

TEST_F(SocketServerTest, RecognisesTlsAndHttpOnAPlaintextPort) {
  start();
  for (std::string first : {std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8),
                            std::string("GET /metrics HTTP/1.1\r\n\r\n")}) {
    TestClient client(port());
    ASSERT_TRUE(client.send(first));
    EXPECT_TRUE(client.is_closed_by_server());
  }
  EXPECT_EQ(server_->metrics().frames_refused.count(), 2);
}

TEST_F(SocketServerTest, NeverAnswersATruncatedFrame) {
  start();
  TestClient client(port());
  ASSERT_TRUE(client.send(request_frame(1, "whole") + request_frame(2, "half").substr(0, 12)));
  EXPECT_EQ(client.receive_frame(), echo_of(1, "whole"));
  ::shutdown(client.fd(), SHUT_WR);
  EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_EQ(server_->metrics().requests.count(), 1);
}

TEST_F(SocketServerTest, ClosesIdleConnectionsButNotThoseThatWaitForAnAnswer) {
  options_.connections_max_idle_ms = 80;
  Parked parked;
  handler_.on_request = [&](std::unique_ptr<Request> request) { parked.add(std::move(request)); };
  start();
  TestClient waiting(port());
  ASSERT_TRUE(waiting.send(request_frame(1, "patient")));
  std::unique_ptr<Request> request = parked.take();
  ASSERT_NE(request, nullptr);
  TestClient idle(port());
  EXPECT_TRUE(idle.is_closed_by_server());
  EXPECT_EQ(server_->metrics().connections_idle_closed.count(), 1);
  EXPECT_FALSE(waiting.is_readable_within_ms(0));
  echo(std::move(request));
  EXPECT_EQ(waiting.receive_frame(), echo_of(1, "patient"));
  EXPECT_TRUE(waiting.is_closed_by_server());
}

TEST_F(SocketServerTest, ANegativeIdleTimeClosesNobody) {
  options_.connections_max_idle_ms = -1;
  options_.handshake_timeout_ms = 40;  // looked after four times as often
  start();
  TestClient idle(port());
  EXPECT_FALSE(idle.is_readable_within_ms(100));
  ASSERT_TRUE(idle.send(request_frame(1, "still here")));
  EXPECT_EQ(idle.receive_frame(), echo_of(1, "still here"));
  EXPECT_EQ(server_->metrics().connections_idle_closed.count(), 0);
}

TEST_F(SocketServerTest, HoldsBackAClientThatNeverReads) {
  handler_.is_inline = true;
  const std::string big(500'000, 'y');
  std::atomic<int> handled{0};
  handler_.on_request = [&](std::unique_ptr<Request> request) {
    ++handled;
    request->respond(answer_with(*request, big));
  };
  start();
  TestClient slow(port(), 4096);
  std::string burst;
  for (int i = 0; i < 50; ++i) burst += request_frame(i, "");
  ASSERT_TRUE(slow.send(burst));
  ASSERT_TRUE(becomes_true([&] { return handled > 0; }));
  TestClient other(port());
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(other.send(request_frame(i, "")));
    ASSERT_TRUE(other.receive_frame().has_value());
  }
  // 20 for the other, and what fits into two socket buffers and may be gathered.
  EXPECT_LT(handled, 20 + 10);
  for (int i = 0; i < 50; ++i) ASSERT_EQ(slow.receive_frame()->substr(0, 4), big_endian32(i));
}

TEST_F(SocketServerTest, RefusesMoreConnectionsFromOneAddressThanAllowed) {
  options_.limits.max_connections_per_ip = 100;
  options_.limits.max_connections_per_ip_overrides["127.0.0.1"] = 2;
  start();
  TestClient first(port());
  TestClient second(port());
  ASSERT_TRUE(becomes_true([&] { return server_->connections() == 2; }));
  TestClient third(port());
  EXPECT_TRUE(third.is_closed_by_server());
  EXPECT_EQ(server_->metrics().connections_refused.count(), 1);
  first.close();
  ASSERT_TRUE(becomes_true([&] { return server_->connections() == 1; }));
  TestClient fourth(port());
  ASSERT_TRUE(fourth.send(request_frame(1, "in")));
  EXPECT_EQ(fourth.receive_frame(), echo_of(1, "in"));
}

TEST_F(SocketServerTest, LetsConnectionsBeyondTheLimitWait) {
  options_.limits.max_connections = 1;
  start();
  TestClient first(port());
  ASSERT_TRUE(first.send(request_frame(1, "first")));
  EXPECT_EQ(first.receive_frame(), echo_of(1, "first"));
  TestClient second(port());
  ASSERT_TRUE(second.is_connected());
  ASSERT_TRUE(second.send(request_frame(2, "second")));
  EXPECT_FALSE(second.is_readable_within_ms(100));
  first.close();
  EXPECT_EQ(second.receive_frame(), echo_of(2, "second"));
}

TEST_F(SocketServerTest, LetsBrokersInWhenItIsFull) {
  options_.limits.max_connections = 1;
  options_.listeners.push_back(
      {.name = "BROKERS", .host = "127.0.0.1", .is_inter_broker = true, .network_threads = 1});
  handler_.on_request = [](std::unique_ptr<Request> request) {
    const std::string kind = request->context()->is_privileged() ? "broker" : "client";
    request->respond(answer_with(*request, kind));
  };
  start();
  TestClient client(port());
  ASSERT_TRUE(client.send(request_frame(1, "")));
  EXPECT_EQ(client.receive_frame(), echo_of(1, "client"));
  TestClient broker(port("BROKERS"));
  ASSERT_TRUE(broker.send(request_frame(1, "")));
  EXPECT_EQ(broker.receive_frame(), echo_of(1, "broker"));
  EXPECT_EQ(server_->connections("BROKERS"), 1u);
}

TEST_F(SocketServerTest, KeepsTheControlPlaneFreeWhenDataHandlersAreBusy) {
  options_.io_threads = 1;
  options_.queued_max_requests = 1;
  options_.listeners.push_back({.name = "CONTROL", .host = "127.0.0.1", .is_control_plane = true});
  base::Mutex mutex;
  base::CondVar released;
  bool is_released = false;
  handler_.on_request = [&](std::unique_ptr<Request> request) {
    if (!request->context()->facts().is_control_plane) {
      base::MutexLock lock(mutex);
      while (!is_released) released.wait(mutex);
    }
    echo(std::move(request));
  };
  start();
  std::vector<TestClient> clients;
  for (int i = 0; i < 10; ++i) {
    clients.emplace_back(port());
    ASSERT_TRUE(clients.back().send(request_frame(1, "data")));
  }
  ASSERT_TRUE(becomes_true([&] { return server_->queued_requests() == 1; }));
  TestClient controller(port("CONTROL"));
  ASSERT_TRUE(controller.send(request_frame(1, "control")));
  EXPECT_EQ(controller.receive_frame(), echo_of(1, "control"));
  {
    base::MutexLock lock(mutex);
    is_released = true;
    released.notify_all();
  }
  for (TestClient& client : clients) EXPECT_EQ(client.receive_frame(), echo_of(1, "data"));
}

TEST_F(SocketServerTest, ResizesItsHandlerThreads) {
  start();
  for (std::int32_t threads : {5, 1, 3}) {
    server_->resize_io_threads(threads);
    EXPECT_EQ(server_->io_threads(), threads);
    TestClient client(port());
    ASSERT_TRUE(client.send(request_frame(1, "still there")));
    EXPECT_EQ(client.receive_frame(), echo_of(1, "still there"));
  }
}

TEST_F(SocketServerTest, GivesRequestsUnderWayTimeToBeAnsweredBeforeItStops) {
  Parked parked;
  handler_.on_request = [&](std::unique_ptr<Request> request) { parked.add(std::move(request)); };
  start();
  TestClient busy(port());
  TestClient idle(port());
  ASSERT_TRUE(busy.send(request_frame(1, "late") + request_frame(2, "too late")));
  std::unique_ptr<Request> request = parked.take();
  ASSERT_NE(request, nullptr);
  base::Thread stopper("stopper", [&] { server_->stop_processing(20'000); });
  EXPECT_TRUE(idle.is_closed_by_server());
  echo(std::move(request));
  EXPECT_EQ(busy.receive_frame(), echo_of(1, "late"));
  EXPECT_TRUE(busy.is_closed_by_server());
  stopper.join();
  EXPECT_EQ(server_->connections(), 0u);
}

TEST_F(SocketServerTest, EndsAlthoughARequestIsNeverAnswered) {
  Parked parked;
  handler_.on_request = [&](std::unique_ptr<Request> request) { parked.add(std::move(request)); };
  start();
  TestClient client(port());
  ASSERT_TRUE(client.send(request_frame(1, "never")));
  std::unique_ptr<Request> request = parked.take();
  ASSERT_NE(request, nullptr);
  server_->stop_processing(30);
  EXPECT_TRUE(client.is_closed_by_server());
  stop();
  echo(std::move(request));  // to a server that has gone
}

TEST_F(SocketServerTest, AcceptsNobodyAfterStopAcceptingButServesThoseWhoAreIn) {
  start();
  TestClient client(port());
  ASSERT_TRUE(client.send(request_frame(1, "in")));
  EXPECT_TRUE(client.receive_frame().has_value());
  server_->stop_accepting();
  EXPECT_FALSE(TestClient(port()).is_connected());
  ASSERT_TRUE(client.send(request_frame(2, "still in")));
  EXPECT_EQ(client.receive_frame(), echo_of(2, "still in"));
}

TEST_F(SocketServerTest, LetsClientsConnectBeforeItProcesses) {
  server_ = std::make_unique<SocketServer>(options_, handler_);
  ASSERT_TRUE(server_->bind());
  TestClient client(port());
  ASSERT_TRUE(client.is_connected());
  ASSERT_TRUE(client.send(request_frame(1, "early")));
  server_->start_processing();
  EXPECT_EQ(client.receive_frame(), echo_of(1, "early"));
}

TEST_F(SocketServerTest, NamesTheListenerAndTheReasonWhenAPortIsTaken) {
  start();
  SocketServerOptions options;
  options.listeners.push_back({.name = "SECOND", .host = "127.0.0.1", .port = port()});
  SocketServer second(options, handler_);
  base::Status bound = second.bind();
  ASSERT_FALSE(bound);
  EXPECT_NE(bound.error().message.find("SECOND"), std::string::npos);
  EXPECT_NE(bound.error().message.find("in use"), std::string::npos) << bound.error().message;
  EXPECT_EQ(second.bound_port("SECOND"), -1);
}

TEST_F(SocketServerTest, AllowsOnlyTheSaslExchangeBeforeAuthentication) {
  options_.listeners.push_back({.name = "SASL",
                                .protocol = config::SecurityProtocol::kSaslPlaintext,
                                .host = "127.0.0.1",
                                .network_threads = 1});
  handler_.on_request = [](std::unique_ptr<Request> request) {
    ConnectionContext& context = *request->context();
    if (request->header().api_key == 17) context.set_stage(AuthenticationStage::kRawTokens);
    if (request->is_raw_token()) {
      context.set_stage(AuthenticationStage::kAuthenticated);
      context.set_principal("User:" + std::string(base::as_text(request->body())));
    }
    request->respond(answer_with(*request, *context.principal()));
  };
  start();
  TestClient impatient(port("SASL"));
  ASSERT_TRUE(impatient.send(request_frame(1, "")));
  EXPECT_TRUE(impatient.is_closed_by_server());
  TestClient client(port("SASL"));
  ASSERT_TRUE(client.send(request_frame(1, "", 17)));
  EXPECT_EQ(client.receive_frame(), echo_of(1, "User:ANONYMOUS"));
  ASSERT_TRUE(client.send(frame_of("alice")));
  EXPECT_EQ(client.receive_frame(), echo_of(0, "User:alice"));
  ASSERT_TRUE(client.send(request_frame(2, "")));
  EXPECT_EQ(client.receive_frame(), echo_of(2, "User:alice"));
}

}  // namespace
}  // namespace odradek::network
