#include "server/network/request_channel.h"

#include <algorithm>
#include <utility>

namespace odradek::network {

void RequestChannel::push(std::vector<std::unique_ptr<Request>>& batch) {
  std::size_t pushed = 0;
  while (pushed < batch.size()) {
    const std::size_t some = push_some(batch, pushed);
    if (some == 0) break;
    pushed += some;
  }
  for (; pushed < batch.size(); ++pushed) {
    batch[pushed]->close_connection("the broker is shutting down");
  }
  batch.clear();
}

std::size_t RequestChannel::push_some(std::vector<std::unique_ptr<Request>>& batch,
                                      std::size_t from) {
  base::MutexLock lock(mutex_);
  while (may_wait_ && !is_closed_ && requests_.size() >= capacity_) {
    ++sleeping_processors_;
    room_.wait(mutex_);
    --sleeping_processors_;
  }
  if (is_closed_ || requests_.size() >= capacity_) return 0;
  const std::size_t some = std::min(batch.size() - from, capacity_ - requests_.size());
  for (std::size_t i = 0; i < some; ++i) requests_.push_back(std::move(batch[from + i]));
  size_.store(requests_.size(), std::memory_order_relaxed);
  for (std::size_t i = std::min(some, sleeping_handlers_); i > 0; --i) request_.notify_one();
  return some;
}

std::unique_ptr<Request> RequestChannel::pop() {
  base::MutexLock lock(mutex_);
  while (requests_.empty() && !is_closed_ && handlers_to_end_ == 0) {
    ++sleeping_handlers_;
    request_.wait(mutex_);
    --sleeping_handlers_;
  }
  if (handlers_to_end_ > 0) {
    --handlers_to_end_;
    return nullptr;
  }
  if (requests_.empty()) return nullptr;
  std::unique_ptr<Request> request = std::move(requests_.front());
  requests_.pop_front();
  size_.store(requests_.size(), std::memory_order_relaxed);
  if (sleeping_processors_ > 0) room_.notify_one();
  return request;
}

void RequestChannel::end_one() {
  base::MutexLock lock(mutex_);
  ++handlers_to_end_;
  request_.notify_one();
}

void RequestChannel::stop_waiting() {
  base::MutexLock lock(mutex_);
  may_wait_ = false;
  room_.notify_all();
}

void RequestChannel::close() {
  base::MutexLock lock(mutex_);
  is_closed_ = true;
  room_.notify_all();
  request_.notify_all();
}

}  // namespace odradek::network
