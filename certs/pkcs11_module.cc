#include "certs/pkcs11_module.h"

#include <dlfcn.h>
#include <sys/stat.h>

#include <cerrno>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/mutex.h"
#include "node/base/status_macros.h"

namespace tamga::certs {

// Initialising and finalising are of the whole process, so one of these stands for a library, however many modules
// there are of it. Thread-safe.
class Pkcs11Library {
 public:
  explicit Pkcs11Library(const CK_FUNCTION_LIST& functions) : functions_(functions) {}

  // With the first module it is initialised, and finalised with the last.
  absl::Status AddModule() {
    const MutexLock lock(mutex_);
    if (modules_ == 0) RETURN_IF_ERROR(Initialize());
    ++modules_;
    return absl::OkStatus();
  }
  // One whose library somebody else initialises.
  void AddForeignModule() {
    const MutexLock lock(mutex_);
    ++modules_;
  }
  void RemoveModule() {
    const MutexLock lock(mutex_);
    if (--modules_ == 0) Finalize();
  }

  uint64_t BeginCalls() {
    const MutexLock lock(mutex_);
    ++calls_;
    return era_;
  }
  void EndCalls() {
    const MutexLock lock(mutex_);
    --calls_;
  }

  absl::Status Restart() {
    const MutexLock lock(mutex_);
    if (!is_ours_) return absl::FailedPreconditionError("the module was initialised by somebody else");
    if (calls_ > 0) return absl::AbortedError("the module is in use");
    ++era_;
    Finalize();
    const absl::Status status = Initialize();
    return status.ok() ? status : absl::UnavailableError(status.message());
  }

 private:
  absl::Status Initialize() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    CK_C_INITIALIZE_ARGS arguments = {};
    arguments.flags = CKF_OS_LOCKING_OK;
    const CK_RV result = functions_.C_Initialize(&arguments);
    if (result != CKR_OK && result != CKR_CRYPTOKI_ALREADY_INITIALIZED) {
      return absl::FailedPreconditionError(Pkcs11Failure("C_Initialize", result));
    }
    is_ours_ = result == CKR_OK;
    is_initialized_ = true;
    return absl::OkStatus();
  }

  void Finalize() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (is_ours_ && is_initialized_) functions_.C_Finalize(nullptr);
    is_initialized_ = false;
  }

  const CK_FUNCTION_LIST& functions_;
  Mutex mutex_;  // held while it is started anew, and so by nobody who calls
  size_t modules_ ABSL_GUARDED_BY(mutex_) = 0;
  bool is_ours_ ABSL_GUARDED_BY(mutex_) = false;  // to initialise and finalise
  bool is_initialized_ ABSL_GUARDED_BY(mutex_) = false;
  size_t calls_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t era_ ABSL_GUARDED_BY(mutex_) = 0;
};

namespace {

// The libraries that this process has opened, which stay loaded.
class Libraries {
 public:
  std::shared_ptr<Pkcs11Library> Find(const CK_FUNCTION_LIST& functions) {
    const MutexLock lock(mutex_);
    std::shared_ptr<Pkcs11Library>& library = libraries_[&functions];
    if (library == nullptr) library = std::make_shared<Pkcs11Library>(functions);
    return library;
  }

 private:
  Mutex mutex_;
  std::map<const CK_FUNCTION_LIST*, std::shared_ptr<Pkcs11Library>> libraries_ ABSL_GUARDED_BY(mutex_);
};

Libraries& AllLibraries() {
  static Libraries& libraries = *new Libraries;
  return libraries;
}

absl::Status CheckFile(const std::string& path) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot find ", path));
  if ((info.st_mode & 022) == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(path, " is code that this process is to run, but others may write to it; run: chmod go-w ", path));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Pkcs11Module>> Pkcs11Module::Open(const std::string& path) {
  RETURN_IF_ERROR(CheckFile(path));
  // It stays loaded: many modules leave handlers behind that run when the process ends.
  void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const why = ::dlerror();
    return absl::FailedPreconditionError(absl::StrCat("cannot load: ", why == nullptr ? path.c_str() : why));
  }
  const auto get_functions = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  if (get_functions == nullptr) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is no PKCS#11 module: it has no C_GetFunctionList"));
  }
  CK_FUNCTION_LIST* functions = nullptr;
  if (const CK_RV result = get_functions(&functions); result != CKR_OK || functions == nullptr) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": ", Pkcs11Failure("C_GetFunctionList", result)));
  }
  std::shared_ptr<Pkcs11Library> shared = AllLibraries().Find(*functions);
  RETURN_IF_ERROR(shared->AddModule());
  return std::shared_ptr<const Pkcs11Module>(new Pkcs11Module(*functions, std::move(shared)));
}

Pkcs11Module::Pkcs11Module(const CK_FUNCTION_LIST& functions)
    : Pkcs11Module(functions, std::make_shared<Pkcs11Library>(functions)) {
  library_->AddForeignModule();
}

Pkcs11Module::Pkcs11Module(const CK_FUNCTION_LIST& functions, std::shared_ptr<Pkcs11Library> library)
    : functions_(functions), library_(std::move(library)) {}

Pkcs11Module::~Pkcs11Module() { library_->RemoveModule(); }

Pkcs11Module::Calls::Calls(const Pkcs11Module& module) : library_(*module.library_), era_(library_.BeginCalls()) {}

Pkcs11Module::Calls::~Calls() { library_.EndCalls(); }

absl::Status Pkcs11Module::Restart() const { return library_->Restart(); }

std::string Pkcs11Failure(absl::string_view function, CK_RV result) {
  static const auto& names = *new std::map<CK_RV, const char*>{
      {CKR_OK, "CKR_OK"},
      {CKR_HOST_MEMORY, "CKR_HOST_MEMORY"},
      {CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR"},
      {CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED"},
      {CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR"},
      {CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY"},
      {CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED"},
      {CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID"},
      {CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED"},
      {CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID"},
      {CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID"},
      {CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT"},
      {CKR_PIN_LEN_RANGE, "CKR_PIN_LEN_RANGE"},
      {CKR_PIN_LOCKED, "CKR_PIN_LOCKED"},
      {CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED"},
      {CKR_SESSION_COUNT, "CKR_SESSION_COUNT"},
      {CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID"},
      {CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT"},
      {CKR_TOKEN_NOT_RECOGNIZED, "CKR_TOKEN_NOT_RECOGNIZED"},
      {CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN"},
      {CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED"},
      {CKR_CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED"},
  };
  const auto named = names.find(result);
  return named == names.end() ? absl::StrCat(function, ": CKR 0x", absl::Hex(result))
                              : absl::StrCat(function, ": ", named->second);
}

}  // namespace tamga::certs
