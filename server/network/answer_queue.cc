#include "server/network/answer_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace odradek::network {

void AnswerQueue::deliver(Answer answer) {
  if (owner_.load(std::memory_order_relaxed) == std::this_thread::get_id()) {
    own_.push_back(std::move(answer));
    size_.fetch_add(1, std::memory_order_relaxed);
    if (!is_inline_) wake_for_own();
    return;
  }
  base::MutexLock lock(mutex_);
  if (is_closed_) return;
  others_.push_back(std::move(answer));
  size_.fetch_add(1, std::memory_order_relaxed);
  // Under the lock, so that close() leaves nobody behind who would wake what has gone.
  if (others_.size() == 1) wake_();
}

void AnswerQueue::note_memory() {
  has_memory_note_.store(true);
  base::MutexLock lock(mutex_);
  if (!is_closed_) wake_();
}

void AnswerQueue::wake_for_own() {
  if (!std::exchange(is_woken_for_own_, true)) wake_();
}

std::optional<Answer> AnswerQueue::end_inline(ConnectionId connection) {
  is_inline_ = false;
  std::optional<Answer> answer = take_own(connection);
  // Whatever else was answered meanwhile, for other connections of this thread.
  if (!own_.empty()) wake_for_own();
  return answer;
}

std::optional<Answer> AnswerQueue::take_own(ConnectionId connection) {
  // Nearly always the last one.
  auto found = std::find_if(own_.rbegin(), own_.rend(),
                            [&](const Answer& answer) { return answer.connection == connection; });
  if (found == own_.rend()) return std::nullopt;
  std::optional<Answer> answer(std::move(*found));
  own_.erase(std::next(found).base());
  size_.fetch_sub(1, std::memory_order_relaxed);
  return answer;
}

std::vector<Answer> AnswerQueue::take_all() {
  std::vector<Answer> answers = std::exchange(own_, {});
  is_woken_for_own_ = false;
  {
    base::MutexLock lock(mutex_);
    if (answers.empty()) {
      answers.swap(others_);
    } else {
      std::move(others_.begin(), others_.end(), std::back_inserter(answers));
      others_.clear();
    }
  }
  size_.fetch_sub(answers.size(), std::memory_order_relaxed);
  return answers;
}

void AnswerQueue::close() {
  std::vector<Answer> dropped = std::exchange(own_, {});
  std::vector<Answer> dropped_too;  // dies after the lock, as what it holds may be anything
  base::MutexLock lock(mutex_);
  is_closed_ = true;
  dropped_too.swap(others_);
  // Its own thread has ended its work: what it would still deliver takes the way of the others.
  owner_.store(std::thread::id());
}

}  // namespace odradek::network
