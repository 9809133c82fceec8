#include "zk/client/session.h"

#include <utility>

#include "base/mutex.h"
#include "zk/client/session_lifecycle.h"

namespace odradek::zk {
namespace {

// Collects the answers of one execute(). Shared with the calls, which may outlive a waiter's last
// look at it by a moment.
class Batch {
 public:
  explicit Batch(std::size_t count) : responses_(count), missing_(count) {}

  void answer(std::size_t i, Response response) {
    base::MutexLock lock(mutex_);
    responses_[i] = std::move(response);
    if (--missing_ == 0) complete_.notify_all();
  }
  std::vector<Response> wait() {
    base::MutexLock lock(mutex_);
    while (missing_ > 0) complete_.wait(mutex_);
    return std::move(responses_);
  }

 private:
  base::Mutex mutex_;
  base::CondVar complete_;
  std::vector<Response> responses_ GUARDED_BY(mutex_);
  std::size_t missing_ GUARDED_BY(mutex_);
};

std::unique_ptr<Call> make_call(Request request, std::function<void(Response)> done) {
  auto call = std::make_unique<Call>();
  call->request = std::move(request);
  call->done = std::move(done);
  return call;
}

}  // namespace

Session::Session(SessionOptions options, const base::Clock& clock)
    : lifecycle_(std::make_unique<SessionLifecycle>(std::move(options), clock)) {}

Session::~Session() = default;

base::Status Session::connect() { return lifecycle_->connect(); }
void Session::close() { lifecycle_->close(); }
SessionState Session::state() const { return lifecycle_->state(); }
std::int64_t Session::session_id() const { return lifecycle_->session_id(); }
std::int32_t Session::negotiated_timeout_ms() const { return lifecycle_->negotiated_timeout_ms(); }
bool Session::wait_until_connected(std::int32_t timeout_ms) {
  return lifecycle_->wait_until_connected(timeout_ms);
}

void Session::send(Request request, Completion completion) {
  auto done = [this, completion = std::move(completion)](Response response) mutable {
    lifecycle_->events().push(
        [completion = std::move(completion), response = std::move(response)]() mutable {
          completion(std::move(response));
        });
  };
  lifecycle_->pipeline().send(make_call(std::move(request), std::move(done)));
}

std::vector<Response> Session::execute(std::vector<Request> requests) {
  auto batch = std::make_shared<Batch>(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    lifecycle_->pipeline().send(make_call(std::move(requests[i]), [batch, i](Response response) {
      batch->answer(i, std::move(response));
    }));
  }
  return batch->wait();
}

Response Session::call(Request request) {
  std::vector<Request> requests;
  requests.push_back(std::move(request));
  return std::move(execute(std::move(requests)).front());
}

Watches& Session::watches() { return lifecycle_->watches(); }
const std::string& Session::connect_string() const { return lifecycle_->connect_string(); }
const base::Clock& Session::clock() const { return lifecycle_->clock(); }
void Session::add_observer(SessionObserver& observer) { lifecycle_->add_observer(observer); }
void Session::remove_observer(SessionObserver& observer) { lifecycle_->remove_observer(observer); }
std::string Session::session_password() const { return lifecycle_->session_password(); }

std::pair<std::string, std::string> split_connect_string(std::string_view connect) {
  std::size_t slash = connect.find('/');
  if (slash == std::string_view::npos) return {std::string(connect), ""};
  std::string chroot(connect.substr(slash));
  while (!chroot.empty() && chroot.back() == '/') chroot.pop_back();
  return {std::string(connect.substr(0, slash)), chroot};
}

}  // namespace odradek::zk
