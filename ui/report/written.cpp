#include "ui/report/written.h"

#include <filesystem>
#include <fstream>

namespace rollcage {

Result<void> write_file(const std::string& path, const std::string& text, bool append) {
    namespace fs = std::filesystem;
    const Error failed{"cannot write " + path + "; choose a path in a folder you may write to"};
    std::error_code unknown, wrong;
    const fs::path target = fs::weakly_canonical(path, unknown);  // What a link stands for.
    const bool there = fs::exists(target, unknown);
    const bool anew = !append && !target.empty() && (!there || fs::is_regular_file(target));
    // Beside it first, so that whoever is stopped on the way leaves the file as it was.
    const fs::path into = anew ? fs::path{target} += ".part" : fs::path{path};
    std::ofstream out{into, append ? std::ios::binary | std::ios::app : std::ios::binary};
    out << text << std::flush;
    const bool written = static_cast<bool>(out);
    out.close();
    if (!anew) return written ? Result<void>{} : failed;
    if (written && there) fs::permissions(into, fs::status(target).permissions(), wrong);
    if (written && !wrong) fs::rename(into, target, wrong);
    if (written && !wrong) return {};
    fs::remove(into, unknown);
    return failed;
}

}  // namespace rollcage
