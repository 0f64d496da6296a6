#include "certs/pkcs11_module.h"

#include <dlfcn.h>
#include <sys/stat.h>

#include <cerrno>
#include <map>

#include "absl/strings/str_cat.h"
#include "node/base/mutex.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

// How often a library is in use. Initialising and finalising are of the whole process, so they are counted here.
struct Use {
  size_t modules = 0;
  bool to_finalize = false;
};

class Uses {
 public:
  absl::Status Begin(const CK_FUNCTION_LIST& functions) {
    const MutexLock lock(mutex_);
    Use& use = uses_[&functions];
    if (use.modules == 0) {
      CK_C_INITIALIZE_ARGS arguments = {};
      arguments.flags = CKF_OS_LOCKING_OK;
      const CK_RV result = functions.C_Initialize(&arguments);
      if (result != CKR_OK && result != CKR_CRYPTOKI_ALREADY_INITIALIZED) {
        return absl::FailedPreconditionError(Pkcs11Failure("C_Initialize", result));
      }
      use.to_finalize = result == CKR_OK;
    }
    ++use.modules;
    return absl::OkStatus();
  }

  void End(const CK_FUNCTION_LIST& functions) {
    const MutexLock lock(mutex_);
    Use& use = uses_[&functions];
    --use.modules;
    if (use.modules == 0 && use.to_finalize) functions.C_Finalize(nullptr);
  }

 private:
  Mutex mutex_;
  std::map<const CK_FUNCTION_LIST*, Use> uses_ ABSL_GUARDED_BY(mutex_);
};

Uses& AllUses() {
  static Uses& uses = *new Uses;
  return uses;
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
  RETURN_IF_ERROR(AllUses().Begin(*functions));
  return std::shared_ptr<const Pkcs11Module>(new Pkcs11Module(*functions, true));
}

Pkcs11Module::Pkcs11Module(const CK_FUNCTION_LIST& functions) : Pkcs11Module(functions, false) {}

Pkcs11Module::Pkcs11Module(const CK_FUNCTION_LIST& functions, bool counted)
    : functions_(functions), counted_(counted) {}

Pkcs11Module::~Pkcs11Module() {
  if (counted_) AllUses().End(functions_);
}

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
