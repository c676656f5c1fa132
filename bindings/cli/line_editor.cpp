// SPDX-License-Identifier: MIT
// Lines typed on a terminal, by libedit.
#include "line_editor.h"

#include "term.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cwchar>
#include <filesystem>
#include <histedit.h>
#include <stdexcept>

namespace cli {

namespace {

constexpr int remembered = 1000; // lines

// $XDG_STATE_HOME/PROGRAM/history; empty where there is no home.
std::string history_file(const std::string &program) {
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (!(state && *state) && !(home && *home)) return {};
    const std::filesystem::path folder =
        (state && *state ? std::filesystem::path(state)
                         : std::filesystem::path(home) / ".local/state") /
        program;
    std::error_code problem;
    std::filesystem::create_directories(folder, problem);
    return problem ? std::string() : (folder / "history").string();
}

size_t common_length(const std::vector<std::string> &words) {
    size_t length = words[0].size();
    for (const std::string &word : words)
        while (word.compare(0, length, words[0], 0, length) != 0) length--;
    return length;
}

void print_in_columns(const std::vector<std::string> &words) {
    size_t width = 0;
    for (const std::string &word : words) width = std::max(width, display_width(word) + 2);
    const size_t fit = std::max<size_t>(1, terminal_width(stdout) / width);
    for (size_t i = 0; i < words.size(); i++)
        printf("%s%s", padded(words[i], width).c_str(),
               (i + 1) % fit && i + 1 < words.size() ? "" : "\n");
}

class LineEditor : public LineInput::Editor {
  public:
    LineEditor(const std::string &program, Keyboard &keyboard, LineInput::Complete complete);
    std::optional<Line> next(const std::string &prompt) override;

  private:
    static LineEditor &of(EditLine *edit);
    static char *show_prompt(EditLine *edit) { return of(edit).prompt_.data(); }
    static void redraw(EditLine *edit);
    static int read_character(EditLine *edit, wchar_t *character);
    static unsigned char complete_word(EditLine *edit, int key);
    static unsigned char drop_line(EditLine *edit, int key);
    static unsigned char suspend(EditLine *edit, int key);
    unsigned char complete(const std::string &line);
    void bind(const wchar_t *key, const wchar_t *name, unsigned char (*function)(EditLine *, int));
    void remember(const std::string &line);

    struct Close {
        void operator()(EditLine *edit) const { el_end(edit); }
        void operator()(History *history) const { history_end(history); }
    };
    Keyboard &keyboard_;
    const LineInput::Complete complete_;
    const std::string history_file_;
    const std::unique_ptr<History, Close> history_;
    const std::unique_ptr<EditLine, Close> edit_;
    std::string prompt_;
    bool dropped_ = false; // the line, by Ctrl-C
};

LineEditor::LineEditor(const std::string &program, Keyboard &keyboard, LineInput::Complete complete)
    : keyboard_(keyboard), complete_(std::move(complete)), history_file_(history_file(program)),
      history_(history_init()), edit_(el_init(program.c_str(), stdin, stdout, stderr)) {
    if (!history_ || !edit_) throw std::runtime_error("libedit does not start on this terminal");
    HistEvent event;
    history(history_.get(), &event, H_SETSIZE, remembered);
    history(history_.get(), &event, H_SETUNIQUE, 1);
    if (!history_file_.empty()) history(history_.get(), &event, H_LOAD, history_file_.c_str());
    el_set(edit_.get(), EL_CLIENTDATA, this);
    el_set(edit_.get(), EL_HIST, history, history_.get());
    el_set(edit_.get(), EL_PROMPT, show_prompt);
    el_set(edit_.get(), EL_GETCFN, read_character);
    el_set(edit_.get(), EL_EDITOR, "emacs");
    bind(L"^I", L"complete", complete_word);
    bind(L"^C", L"drop-line", drop_line);
    bind(L"^Z", L"suspend", suspend);
    // Ctrl-C and Ctrl-Z are keys: as signals they would leave the terminal half restored.
    el_set(edit_.get(), EL_SETTY, "-d", "-isig", nullptr);
}

// Of wide characters, for libedit never frees what it makes of others.
void LineEditor::bind(const wchar_t *key, const wchar_t *name,
                      unsigned char (*function)(EditLine *, int)) {
    el_wset(edit_.get(), EL_ADDFN, name, name, function);
    el_wset(edit_.get(), EL_BIND, key, name, nullptr);
}

LineEditor &LineEditor::of(EditLine *edit) {
    void *self = nullptr;
    el_get(edit, EL_CLIENTDATA, &self);
    return *static_cast<LineEditor *>(self);
}

void LineEditor::redraw(EditLine *edit) {
    fputs("\r\x1b[K", stdout);
    el_set(edit, EL_REFRESH);
}

int LineEditor::read_character(EditLine *edit, wchar_t *character) {
    mbstate_t state{};
    char byte;
    while (of(edit).keyboard_.read(byte, [edit] { redraw(edit); })) {
        const size_t size = mbrtowc(character, &byte, 1, &state);
        if (size == size_t(-1))
            state = {};
        else if (size != size_t(-2))
            return 1;
    }
    return 0;
}

unsigned char LineEditor::drop_line(EditLine *edit, int) {
    of(edit).dropped_ = true;
    return CC_NEWLINE;
}

unsigned char LineEditor::suspend(EditLine *edit, int) {
    el_set(edit, EL_PREP_TERM, 0);
    raise(SIGTSTP); // not kill(): this thread must not go on before all stop
    el_set(edit, EL_PREP_TERM, 1);
    return CC_REDISPLAY;
}

unsigned char LineEditor::complete_word(EditLine *edit, int) {
    const LineInfo *info = el_line(edit);
    return of(edit).complete(std::string(info->buffer, info->cursor));
}

// What all completions have in common, or else the list of them.
unsigned char LineEditor::complete(const std::string &line) {
    const std::vector<std::string> words = complete_(line);
    if (words.empty()) return CC_REFRESH_BEEP;
    const size_t begun = line.size() - (line.find_last_of(' ') + 1);
    std::string more = words[0].substr(begun, common_length(words) - begun);
    if (words.size() == 1) more += ' ';
    if (!more.empty()) return el_insertstr(edit_.get(), more.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
    puts("");
    print_in_columns(words);
    return CC_REDISPLAY;
}

std::optional<Line> LineEditor::next(const std::string &prompt) {
    prompt_ = prompt;
    dropped_ = false;
    el_set(edit_.get(), EL_PREP_TERM, 1); // who sees the prompt may press its keys
    int size = 0;
    const char *const typed = el_gets(edit_.get(), &size);
    std::string text(typed ? typed : "", typed ? static_cast<size_t>(size) : 0);
    if (dropped_) return puts("^C"), Line{"", text.empty()};
    if (!typed) {
        if (!keyboard_.stopped()) puts(""); // after the ^D
        return {};
    }
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    remember(text);
    return Line{text, false};
}

// At once: the program may be killed.
void LineEditor::remember(const std::string &line) {
    if (line.empty()) return;
    HistEvent event;
    history(history_.get(), &event, H_ENTER, line.c_str());
    if (!history_file_.empty()) history(history_.get(), &event, H_SAVE, history_file_.c_str());
}

} // namespace

std::unique_ptr<LineInput::Editor> edit_lines(const std::string &program, Keyboard &keyboard,
                                              LineInput::Complete complete) {
    return std::make_unique<LineEditor>(program, keyboard, std::move(complete));
}

} // namespace cli
