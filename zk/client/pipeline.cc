#include "zk/client/pipeline.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/log.h"

namespace odradek::zk {
namespace {

// A server whose jute.maxbuffer (1 MiB by default) is exceeded drops the connection, and with it
// everything in flight; sending such a request again for ever would stop the whole broker.
constexpr std::size_t kSuspectBytes = 1'000'000;
constexpr std::int32_t kSuspectLosses = 3;

bool is_lost(Code code) {
  return code == Code::kConnectionLoss || code == Code::kOperationTimeout ||
         code == Code::kSessionMoved || code == Code::kThrottled;
}

Response failed(const Call& call, Code code) {
  Response response;
  response.code = code;
  response.path = path_of(call.request);
  response.resent = call.losses > 0;
  return response;
}

}  // namespace

class Pipeline::Answers {
 public:
  Answers() = default;
  Answers(const Answers&) = delete;
  Answers& operator=(const Answers&) = delete;
  ~Answers() {
    for (auto& [call, response] : answers_) call->done(std::move(response));
  }
  void add(std::unique_ptr<Call> call, Response response) {
    answers_.emplace_back(std::move(call), std::move(response));
  }
  void fail(std::unique_ptr<Call> call, Code code) {
    Response response = failed(*call, code);
    add(std::move(call), std::move(response));
  }

 private:
  std::vector<std::pair<std::unique_ptr<Call>, Response>> answers_;
};

Pipeline::Pipeline(std::size_t max_in_flight, Watches& watches)
    : max_in_flight_(std::max<std::size_t>(max_in_flight, 1)), watches_(watches) {}

void Pipeline::send(std::unique_ptr<Call> call) {
  Answers answers;
  base::MutexLock lock(mutex_);
  if (mode_ != Mode::kOpen) return answers.fail(std::move(call), refusal());
  call->sequence = next_sequence_++;
  waiting_.push_back(std::move(call));
  pump(answers);
}

void Pipeline::completed(Call& call, Response response) {
  Answers answers;
  base::MutexLock lock(mutex_);
  auto found = in_flight_.find(&call);
  CHECK(found != in_flight_.end()) << "ZooKeeper answered a request twice";
  std::unique_ptr<Call> owned = std::move(found->second);
  in_flight_.erase(found);
  owned->handle = nullptr;
  if (is_lost(response.code)) {
    take_back(std::move(owned), answers);
  } else if (response.code == Code::kClosing || response.code == Code::kInvalidState) {
    // The handle was closed by us: after expiry, or for good.
    answers.fail(std::move(owned), mode_ == Mode::kClosed ? Code::kClosing : Code::kSessionExpired);
  } else {
    response.resent = owned->losses > 0;
    answers.add(std::move(owned), std::move(response));
  }
  pump(answers);
}

void Pipeline::attach(Handle& handle) {
  Answers answers;
  base::MutexLock lock(mutex_);
  handle_ = &handle;
  pump(answers);
}

void Pipeline::detach() {
  base::MutexLock lock(mutex_);
  handle_ = nullptr;
  connected_ = false;
}

void Pipeline::set_connected(bool connected) {
  Answers answers;
  base::MutexLock lock(mutex_);
  connected_ = connected;
  pump(answers);
}

void Pipeline::expire() {
  Answers answers;
  base::MutexLock lock(mutex_);
  if (mode_ == Mode::kOpen) mode_ = Mode::kExpired;
  fail_waiting(answers);
}

void Pipeline::reopen() {
  base::MutexLock lock(mutex_);
  if (mode_ == Mode::kExpired) mode_ = Mode::kOpen;
}

void Pipeline::close() {
  Answers answers;
  base::MutexLock lock(mutex_);
  mode_ = Mode::kClosed;
  fail_waiting(answers);
}

void Pipeline::abandon_in_flight() {
  Answers answers;
  base::MutexLock lock(mutex_);
  for (auto& [raw, call] : in_flight_) answers.fail(std::move(call), refusal());
  in_flight_.clear();
  connected_ = false;  // a last event of the old handle may have come after detach()
}

void Pipeline::pump(Answers& answers) {
  while (connected_ && handle_ != nullptr && mode_ == Mode::kOpen && !waiting_.empty() &&
         in_flight_.size() < max_in_flight_) {
    std::unique_ptr<Call> call = std::move(waiting_.front());
    waiting_.pop_front();
    call->watch = arms_watch(call->request);
    Call& submitted = *call;
    in_flight_.emplace(&submitted, std::move(call));
    Code code = handle_->submit(submitted);
    if (code == Code::kOk) continue;
    call = std::move(in_flight_.extract(&submitted).mapped());
    if (code == Code::kInvalidState) {
      // The session expired a moment ago; its event will tell.
      connected_ = false;
      waiting_.push_front(std::move(call));
      return;
    }
    answers.fail(std::move(call), code);
  }
}

void Pipeline::take_back(std::unique_ptr<Call> call, Answers& answers) {
  ++call->losses;
  if (mode_ != Mode::kOpen) return answers.fail(std::move(call), refusal());
  std::size_t size = size_bytes(call->request);
  if (size > kSuspectBytes && call->losses >= kSuspectLosses) {
    LOG(ERROR) << path_of(call->request) << ": ZooKeeper dropped the connection " << call->losses
               << " times at this request of about " << size
               << " bytes; given up. Raise jute.maxbuffer on the ZooKeeper servers.";
    return answers.fail(std::move(call), Code::kMarshallingError);
  }
  auto place = std::upper_bound(
      waiting_.begin(), waiting_.end(), call->sequence,
      [](std::uint64_t sequence, const auto& other) { return sequence < other->sequence; });
  waiting_.insert(place, std::move(call));
}

void Pipeline::fail_waiting(Answers& answers) {
  for (auto& call : waiting_) answers.fail(std::move(call), refusal());
  waiting_.clear();
}

Code Pipeline::refusal() const {
  return mode_ == Mode::kClosed ? Code::kClosing : Code::kSessionExpired;
}

bool Pipeline::arms_watch(const Request& request) {
  if (const auto* get = std::get_if<GetData>(&request)) return watches_.arm_node(get->path);
  if (const auto* exists = std::get_if<Exists>(&request)) return watches_.arm_node(exists->path);
  if (const auto* children = std::get_if<GetChildren>(&request)) {
    return children->watch && watches_.arm_children(children->path);
  }
  return false;
}

}  // namespace odradek::zk
