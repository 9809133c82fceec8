#include "zk/client/handle.h"

#include <zookeeper/zookeeper.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "base/log.h"

namespace odradek::zk {
namespace {

zhandle_t* native_of(void* handle) { return static_cast<zhandle_t*>(handle); }

// The library wants writable text in its ACLs, but never writes to it.
char* text(const char* constant) { return const_cast<char*>(constant); }

const ACL_vector* native_acl(Acl acl) {
  static std::array<ACL, 2> entries = {ACL{0x1f, Id{text("auth"), text("")}},
                                       ACL{0x01, Id{text("world"), text("anyone")}}};
  static const ACL_vector kCreatorAllWorldRead{2, entries.data()};
  static const ACL_vector kCreatorAll{1, entries.data()};
  switch (acl) {
    case Acl::kOpen:
      break;
    case Acl::kCreatorAllWorldRead:
      return &kCreatorAllWorldRead;
    case Acl::kCreatorAll:
      return &kCreatorAll;
  }
  return &ZOO_OPEN_ACL_UNSAFE;
}

int native_mode(CreateMode mode) {
  switch (mode) {
    case CreateMode::kPersistent:
      break;
    case CreateMode::kEphemeral:
      return ZOO_EPHEMERAL;
    case CreateMode::kPersistentSequential:
      return ZOO_PERSISTENT_SEQUENTIAL;
    case CreateMode::kEphemeralSequential:
      return ZOO_EPHEMERAL_SEQUENTIAL;
  }
  return ZOO_PERSISTENT;
}

Stat stat_of(const ::Stat* stat) {
  Stat out;
  if (stat == nullptr) return out;
  out.czxid = stat->czxid;
  out.mzxid = stat->mzxid;
  out.pzxid = stat->pzxid;
  out.ctime_ms = stat->ctime;
  out.mtime_ms = stat->mtime;
  out.version = stat->version;
  out.children_version = stat->cversion;
  out.acl_version = stat->aversion;
  out.ephemeral_owner = stat->ephemeralOwner;
  out.data_bytes = stat->dataLength;
  out.num_children = stat->numChildren;
  return out;
}

const char* data_of(const std::optional<std::string>& data) {
  return data ? data->data() : nullptr;
}
int size_of(const std::optional<std::string>& data) {
  return data ? static_cast<int>(data->size()) : -1;
}

// What the library fills while a multi is in flight.
struct NativeMulti : MultiBuffers {
  explicit NativeMulti(std::size_t count)
      : ops(count), results(count), stats(count), paths(count) {}

  std::vector<zoo_op_t> ops;
  std::vector<zoo_op_result_t> results;
  std::vector<::Stat> stats;
  std::vector<std::vector<char>> paths;  // of the created nodes
};

Call& call_of(const void* data) { return *static_cast<Call*>(const_cast<void*>(data)); }

Response response_of(const Call& call, int code) {
  Response response;
  response.code = static_cast<Code>(code);
  response.path = path_of(call.request);
  return response;
}

void answer(Call& call, Response response) {
  call.handle->listener().completed(call, std::move(response));
}

void on_void(int code, const void* data) {
  Call& call = call_of(data);
  answer(call, response_of(call, code));
}

void on_stat(int code, const ::Stat* stat, const void* data) {
  Call& call = call_of(data);
  Response response = response_of(call, code);
  if (response.ok()) response.stat = stat_of(stat);
  answer(call, std::move(response));
}

void on_data(int code, const char* value, int size, const ::Stat* stat, const void* data) {
  Call& call = call_of(data);
  Response response = response_of(call, code);
  if (response.ok()) {
    if (size >= 0) response.data.emplace(value, static_cast<std::size_t>(size));
    response.stat = stat_of(stat);
  }
  answer(call, std::move(response));
}

void on_string(int code, const char* value, const void* data) {
  Call& call = call_of(data);
  Response response = response_of(call, code);
  if (response.ok() && value != nullptr) response.path = value;
  answer(call, std::move(response));
}

void on_children(int code, const String_vector* names, const ::Stat* stat, const void* data) {
  Call& call = call_of(data);
  Response response = response_of(call, code);
  if (response.ok()) {
    response.stat = stat_of(stat);
    response.children.reserve(static_cast<std::size_t>(names->count));
    for (int i = 0; i < names->count; ++i) response.children.emplace_back(names->data[i]);
  }
  answer(call, std::move(response));
}

void on_acl(int code, ACL_vector* entries, ::Stat* stat, const void* data) {
  Call& call = call_of(data);
  Response response = response_of(call, code);
  if (response.ok()) {
    response.stat = stat_of(stat);
    for (int i = 0; i < entries->count; ++i) {
      const ACL& entry = entries->data[i];
      response.acl.push_back({entry.id.scheme, entry.id.id, entry.perms});
    }
  }
  answer(call, std::move(response));
}

void on_multi(int code, const void* data) {
  Call& call = call_of(data);
  Response response = response_of(call, code);
  const auto& ops = std::get<Multi>(call.request).ops;
  auto& native = static_cast<NativeMulti&>(*call.buffers);
  response.ops.resize(ops.size());
  for (std::size_t i = 0; i < ops.size(); ++i) {
    OpResult& result = response.ops[i];
    result.code = static_cast<Code>(native.results[i].err);
    result.path = path_of(ops[i]);
    if (!response.ok()) continue;
    if (std::holds_alternative<Create>(ops[i])) result.path = native.paths[i].data();
    if (std::holds_alternative<SetData>(ops[i])) result.stat = stat_of(&native.stats[i]);
  }
  call.buffers.reset();
  answer(call, std::move(response));
}

// Initialises the i-th op of a multi.
struct OpInitializer {
  const Handle& handle;
  NativeMulti& native;
  std::size_t i;

  void operator()(const Create& op) const {
    // A chroot may come back in front; a counter of ten digits behind.
    native.paths[i].resize(op.path.size() + 512);
    zoo_create_op_init(&native.ops[i], op.path.c_str(), data_of(op.data), size_of(op.data),
                       native_acl(handle.acl_of(op)), native_mode(op.mode), native.paths[i].data(),
                       static_cast<int>(native.paths[i].size()));
  }
  void operator()(const SetData& op) const {
    zoo_set_op_init(&native.ops[i], op.path.c_str(), data_of(op.data), size_of(op.data), op.version,
                    &native.stats[i]);
  }
  void operator()(const Delete& op) const {
    zoo_delete_op_init(&native.ops[i], op.path.c_str(), op.version);
  }
  void operator()(const Check& op) const {
    zoo_check_op_init(&native.ops[i], op.path.c_str(), op.version);
  }
};

// Hands one request to the library.
struct Submitter {
  Handle& handle;
  Call& call;

  zhandle_t* native() const { return native_of(handle.native()); }
  int operator()(const GetData& get) const {
    return zoo_aget(native(), get.path.c_str(), call.watch ? 1 : 0, on_data, &call);
  }
  int operator()(const Exists& exists) const {
    return zoo_aexists(native(), exists.path.c_str(), call.watch ? 1 : 0, on_stat, &call);
  }
  int operator()(const GetChildren& get) const {
    return zoo_aget_children2(native(), get.path.c_str(), call.watch ? 1 : 0, on_children, &call);
  }
  int operator()(const GetAcl& get) const {
    return zoo_aget_acl(native(), get.path.c_str(), on_acl, &call);
  }
  int operator()(const SetAcl& set) const {
    std::vector<ACL> entries;
    for (const AclEntry& entry : set.acl) {
      entries.push_back({entry.permissions, {text(entry.scheme.c_str()), text(entry.id.c_str())}});
    }
    ACL_vector acl{static_cast<std::int32_t>(entries.size()), entries.data()};
    return zoo_aset_acl(native(), set.path.c_str(), set.version, &acl, on_void, &call);
  }
  int operator()(const Sync& sync) const {
    return zoo_async(native(), sync.path.c_str(), on_string, &call);
  }
  int operator()(const Create& create) const {
    return zoo_acreate(native(), create.path.c_str(), data_of(create.data), size_of(create.data),
                       native_acl(handle.acl_of(create)), native_mode(create.mode), on_string,
                       &call);
  }
  int operator()(const SetData& set) const {
    return zoo_aset(native(), set.path.c_str(), data_of(set.data), size_of(set.data), set.version,
                    on_stat, &call);
  }
  int operator()(const Delete& remove) const {
    return zoo_adelete(native(), remove.path.c_str(), remove.version, on_void, &call);
  }
  int operator()(const Multi& multi) const {
    auto buffers = std::make_unique<NativeMulti>(multi.ops.size());
    NativeMulti& native_multi = *buffers;
    for (std::size_t i = 0; i < multi.ops.size(); ++i) {
      std::visit(OpInitializer{handle, native_multi, i}, multi.ops[i]);
    }
    call.buffers = std::move(buffers);
    return zoo_amulti(native(), static_cast<int>(multi.ops.size()), native_multi.ops.data(),
                      native_multi.results.data(), on_multi, &call);
  }
};

bool has_valid_paths(const Request& request) {
  if (const auto* multi = std::get_if<Multi>(&request)) {
    return std::all_of(multi->ops.begin(), multi->ops.end(),
                       [](const Op& op) { return is_valid_path(path_of(op)); });
  }
  return is_valid_path(path_of(request));
}

HandleState handle_state(int state) {
  if (state == ZOO_CONNECTED_STATE) return HandleState::kConnected;
  if (state == ZOO_EXPIRED_SESSION_STATE) return HandleState::kExpired;
  if (state == ZOO_AUTH_FAILED_STATE) return HandleState::kAuthFailed;
  return HandleState::kConnecting;
}

std::optional<WatchEvent::Type> event_type(int type) {
  if (type == ZOO_CREATED_EVENT) return WatchEvent::Type::kCreated;
  if (type == ZOO_DELETED_EVENT) return WatchEvent::Type::kDeleted;
  if (type == ZOO_CHANGED_EVENT) return WatchEvent::Type::kDataChanged;
  if (type == ZOO_CHILD_EVENT) return WatchEvent::Type::kChildrenChanged;
  return std::nullopt;
}

void on_event(zhandle_t*, int type, int state, const char* path, void* context) {
  HandleListener& listener = static_cast<Handle*>(context)->listener();
  if (type == ZOO_SESSION_EVENT) {
    listener.state_changed(handle_state(state));
    return;
  }
  auto known = event_type(type);
  if (known && path != nullptr) listener.watch_fired(WatchEvent{*known, path});
}

// The session's own sentences say what an operator needs.
void on_log(const char* message) { VLOG(1) << message; }

}  // namespace

Handle::Handle(const HandleOptions& options, HandleListener& listener)
    : listener_(listener), acl_of_(options.acl_of) {}

base::Result<std::unique_ptr<Handle>> Handle::open(const HandleOptions& options,
                                                   HandleListener& listener) {
  std::unique_ptr<Handle> handle(new Handle(options, listener));
  clientid_t resumed{};
  resumed.client_id = options.resume_id;
  std::memcpy(resumed.passwd, options.resume_password.data(),
              std::min(options.resume_password.size(), sizeof(resumed.passwd)));
  zhandle_t* native = zookeeper_init2(options.connect.c_str(), on_event, options.session_timeout_ms,
                                      options.resume_id == 0 ? nullptr : &resumed, handle.get(),
                                      ZOO_NO_LOG_CLIENTENV, on_log);
  if (native == nullptr) {
    return base::Error("ZooKeeper at '" + options.connect +
                       "' cannot be used: " + std::strerror(errno));
  }
  handle->native_ = native;
  // Names are looked up when a connection is lost, as Java's client does; the library would do it
  // each time that a byte comes or goes.
  constexpr int kOnConnectionLoss = -1;
  CHECK_EQ(zoo_set_servers_resolution_delay(native, kOnConnectionLoss), ZOK);
  const auto& [scheme, credential] = options.auth;
  if (!scheme.empty()) {
    int code = zoo_add_auth(native, scheme.c_str(), credential.data(),
                            static_cast<int>(credential.size()), nullptr, nullptr);
    if (code != ZOK) return base::Error("ZooKeeper authentication '" + scheme + "' is not usable");
  }
  return handle;
}

Handle::~Handle() {
  if (native_ != nullptr) zookeeper_close(native_of(native_));
}

Code Handle::submit(Call& call) {
  call.handle = this;
  if (!has_valid_paths(call.request)) return Code::kBadArguments;
  int code = std::visit(Submitter{*this, call}, call.request);
  if (code != ZOK) call.buffers.reset();
  return static_cast<Code>(code);
}

std::int64_t Handle::session_id() const { return zoo_client_id(native_of(native_))->client_id; }

std::string Handle::session_password() const {
  const clientid_t* id = zoo_client_id(native_of(native_));
  return {id->passwd, sizeof(id->passwd)};
}

std::int32_t Handle::negotiated_timeout_ms() const { return zoo_recv_timeout(native_of(native_)); }

Acl Handle::acl_of(const Create& create) const {
  if (create.acl) return *create.acl;
  return acl_of_ ? acl_of_(create.path) : Acl::kOpen;
}

}  // namespace odradek::zk
