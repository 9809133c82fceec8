// Thread: a named thread that is joined when its owner dies, and checks of which thread is running.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace odradek::base {

// The owner's thread calls everything; the body must end by itself before the destructor can
// return.
class Thread {
 public:
  Thread() = default;
  // The kernel shows the first 15 characters of the name; thread_role() gives all of it.
  Thread(std::string name, std::function<void()> body);
  ~Thread();
  Thread(Thread&&) noexcept = default;
  // Joins what it held before.
  Thread& operator=(Thread&& other) noexcept;
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  void join();
  bool joinable() const { return thread_.joinable(); }
  const std::string& name() const { return name_; }
  bool is_current() const { return thread_.get_id() == std::this_thread::get_id(); }

 private:
  std::string name_;
  std::thread thread_;
};

// The name given to the Thread that runs this, "main" elsewhere. Valid as long as the thread lives.
std::string_view thread_role();
// For DCHECK(on_thread("controller-event")): true when the role starts with `role`, so that
// numbered threads ("kafka-io-3") share one.
bool on_thread(std::string_view role);

// Lets time pass where there is nothing to wait for but time, such as between two tries.
void pause_ms(std::int64_t ms);

// Remembers the first thread that asks, and says whether later ones are the same; for classes that
// one thread owns: DCHECK(owner_.is_current()).
class ThreadOwner {
 public:
  bool is_current() const;
  // The next thread that asks becomes the owner.
  void release() { owner_.store(std::thread::id()); }

 private:
  mutable std::atomic<std::thread::id> owner_;
};

}  // namespace odradek::base
