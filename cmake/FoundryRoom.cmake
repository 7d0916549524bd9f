# foundry_room(NAME <name> [LINKS <target>...]): a static library of every source in the current folder.
# Its include root is the folder itself, so only a target that links the room can include its headers.
function(foundry_room)
    cmake_parse_arguments(ROOM "" "NAME" "LINKS;PRIVATE_LINKS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS "*.cpp" "*.h")
    file(GLOB implementations "*.cpp")
    if(NOT implementations)
        add_library(foundry-${ROOM_NAME} INTERFACE)
        target_include_directories(foundry-${ROOM_NAME} INTERFACE ${CMAKE_CURRENT_SOURCE_DIR})
        target_link_libraries(foundry-${ROOM_NAME} INTERFACE ${ROOM_LINKS})
        return()
    endif()
    add_library(foundry-${ROOM_NAME} STATIC ${sources})
    target_include_directories(foundry-${ROOM_NAME} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(foundry-${ROOM_NAME} PUBLIC ${ROOM_LINKS} PRIVATE foundry-warnings ${ROOM_PRIVATE_LINKS})
endfunction()

# foundry_tests(LABEL <label> [LINKS <target>...]): one Qt Test program for each *Test.cpp in the current
# folder, registered under its own name.
function(foundry_tests)
    cmake_parse_arguments(TESTS "" "LABEL;TIMEOUT" "LINKS" ${ARGN})
    if(NOT TESTS_TIMEOUT)
        set(TESTS_TIMEOUT 300)
    endif()
    file(GLOB sources CONFIGURE_DEPENDS "*Test.cpp")
    foreach(source IN LISTS sources)
        get_filename_component(name ${source} NAME_WE)
        add_executable(${name} ${source})
        target_link_libraries(${name} PRIVATE foundry-warnings foundry-test-support Qt6::Test ${TESTS_LINKS})
        add_test(NAME ${name} COMMAND ${name})
        # Law 9: Qt Test prints a warning that no test named as QWARN, which fails the run.
        set_tests_properties(${name} PROPERTIES LABELS "${TESTS_LABEL}" TIMEOUT ${TESTS_TIMEOUT}
            FAIL_REGULAR_EXPRESSION "QWARN  :"
            ENVIRONMENT "QT_QPA_PLATFORM=offscreen;FOUNDRY_BUILD_DIR=${CMAKE_BINARY_DIR}")
        add_dependencies(all-tests ${name})
    endforeach()
endfunction()
